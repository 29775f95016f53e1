import fc from 'fast-check';
import type { Measured, SignalInput, Skipped, VariantView } from '../../src/core/types.js';
import type { SampledPrompt } from '../../src/replies/probes/sampled-replies.js';
import type { RecordedReply } from '../../src/replies/record.js';

/** A reply as evidence keeps it. */
export function recorded(
  text: string,
  { reasoning = '', finish = 'stop' }: { reasoning?: string; finish?: string | null } = {},
): RecordedReply {
  return {
    text,
    reasoning,
    finish,
    usage: null,
    model: null,
    systemFingerprint: null,
    tokens: null,
    deltas: [],
    timing: { headersMs: 1, endMs: 2 },
    quirks: [],
  };
}

export function prompt(id: string, replies: readonly RecordedReply[], maxTokens = 50): SampledPrompt {
  return { id, language: 'en', maxTokens, replies };
}

export function variant(id: string, probe: string, runs: readonly unknown[]): VariantView {
  return {
    id,
    kind: 'full',
    facts: {},
    digests: [],
    runs: runs.map((data, i) => ({ artifact: `${id} ${i}`, data: { [probe]: data } })),
  };
}

export function input(probe: string, candidate: unknown, variants: readonly VariantView[]): SignalInput {
  return { candidate: { [probe]: candidate }, variants, strangers: [] };
}

export function scored(result: Measured | Skipped): Measured {
  if (result.status !== 'scored') throw new Error(result.reason);
  return result;
}

export function skipped(result: Measured | Skipped): string {
  if (result.status !== 'skipped') throw new Error(result.observed);
  return result.reason;
}

/** Any code points, lone surrogates among them; fast-check's own unit for that takes seconds to build. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const point = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff }));
  return fc.array(point, { maxLength }).map((points) => String.fromCodePoint(...points));
}
