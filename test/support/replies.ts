import type { RecordedReply } from '../../src/replies/record.js';

/** A reply as evidence keeps it; what is not given is absent. */
export function recorded(given: Partial<RecordedReply> = {}): RecordedReply {
  return {
    text: '',
    reasoning: '',
    finish: 'stop',
    usage: null,
    model: null,
    systemFingerprint: null,
    tokens: null,
    deltas: [],
    timing: { headersMs: 1, endMs: 1 },
    quirks: [],
    ...given,
  };
}
