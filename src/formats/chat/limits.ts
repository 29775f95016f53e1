/** Limits of the reader of replies. A reply over a limit is refused with ENDPOINT_LIMIT before the memory is spent. */

/**
 * One event, or a whole body that is not streamed: 2,500 tokens with 20 alternatives each, five times what any probe
 * asks for. It is held as bytes, as text and as values while it is parsed.
 */
export const MAX_EVENT_BYTES = 4 * 2 ** 20;

/** All bytes of a stream: 80,000 events of 400 bytes, or 15,000 tokens with 20 alternatives each. */
export const MAX_STREAM_BYTES = 32 * 2 ** 20;

/** `data:` lines of one event: joined text costs a rope node for each. */
export const MAX_EVENT_LINES = 10_000;

/** Parts of text that are kept with their time: one per token of the longest context on sale would be more. */
export const MAX_DELTAS = 100_000;

/** UTF-16 units of text and reasoning together: half a million tokens. */
export const MAX_TEXT_UNITS = 2 * 2 ** 20;

/** Nested arrays and objects. Replies reach 7; tool schemas that are echoed reach 20. */
export const MAX_DEPTH = 64;

/** Arrays and objects of one event: 2,500 tokens with 20 alternatives and their bytes make 105,000. */
export const MAX_CONTAINERS = 150_000;

/** Values of one event, by its commas: those tokens make 370,000. Four megabytes of numbers once cost 110 of memory. */
export const MAX_VALUES = 500_000;

/** Tokens and alternatives that are kept, of one reply: 10,000 tokens with 20 alternatives. Each costs about 150 bytes. */
export const MAX_CHOICES = 210_000;

/** Alternatives of one token: servers allow 20, some any number; no signal reads more. */
export const MAX_TOP = 100;

/** Bytes of one token: the longest real ones, runs of spaces, have 256. */
export const MAX_TOKEN_BYTES = 1024;

/** Names and messages of the server: longer ones are cut. */
export const MAX_LABEL_UNITS = 200;
export const MAX_MESSAGE_UNITS = 1000;
