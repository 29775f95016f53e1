/** Limits of the reader of request logs. What lies beyond is counted, never read. */

/** One line: a conversation of 128,000 tokens has about 0.6 MB, a recorded stream of its answer ten times that. */
export const MAX_LINE_BYTES = 16 * 2 ** 20;

/** Lines of one log. */
export const MAX_LINES = 1_000_000;

/** A log that is one JSON document (a HAR file, an exported list) is read whole. */
export const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;

/** Requests kept, and characters of their texts: far fewer decide, and each is counted under every tokenizer. */
export const MAX_REQUESTS = 2_000;
export const MAX_CHARACTERS = 32 * 2 ** 20;

/** Nested arrays and objects: exports of tracing tools reach 20. */
export const MAX_DEPTH = 64;

/** Batch requests that wait for their answer, or answers for their request. */
export const MAX_UNPAIRED = 100_000;

/** Messages of one conversation. */
export const MAX_MESSAGES = 2_000;
