import { AssayError } from '../../core/errors.js';

/** What can be wrong with a reply. */
export type ChatFault =
  | 'CHAT_CONTAINERS'
  | 'CHAT_DELTAS'
  | 'CHAT_DEPTH'
  | 'CHAT_EVENT_BYTES'
  | 'CHAT_JSON'
  | 'CHAT_STREAM_BYTES'
  | 'CHAT_TEXT'
  | 'CHAT_TOKENS'
  | 'CHAT_VALUES';

/** A reply larger than any real one. */
export function overLimit(fault: ChatFault, what: string): AssayError {
  return new AssayError('ENDPOINT_LIMIT', `The endpoint's reply ${what}.`, {
    fault,
    hint: 'Real replies to the audit stay far below; the server is broken or means to exhaust the auditor.',
  });
}

/** An event that is no JSON: text may be lost, so the rest of the reply proves nothing. */
export function badEvent(what: string): AssayError {
  return new AssayError('ENDPOINT_PROTOCOL', `The endpoint's reply ${what}.`, {
    fault: 'CHAT_JSON',
    hint: 'Check that the address is that of an OpenAI-compatible API, and that no proxy changes its answers.',
  });
}
