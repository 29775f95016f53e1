/**
 * Limits of the GGUF reader. A file over a limit is rejected with FORMAT_LIMIT before the memory is spent.
 */

/** Published files have 20 to 80 keys; per-layer keys would make it hundreds. */
export const MAX_KEYS = 16_384;

/** DeepSeek-R1 has 1,025 tensors with its experts stacked, and 91,991 unstacked. */
export const MAX_TENSORS = 131_072;

/** The format's own limit on keys: 2^16 - 1 bytes. */
export const MAX_KEY_BYTES = 65_535;

/** GGML_MAX_NAME of ggml.h, the terminating zero included. */
export const MAX_NAME_BYTES = 64;

/** GGML_MAX_DIMS of ggml.h. */
export const MAX_RANK = 4;

/** GGUF_MAX_STRING_LENGTH and GGUF_MAX_ARRAY_ELEMENTS of gguf.cpp. */
export const MAX_LENGTH = 2 ** 30;

/**
 * Strings of all arrays together. They are walked one by one, so this bounds the time; the largest vocabularies have
 * 262,144 tokens and some 500,000 merges.
 */
export const MAX_STRINGS = 2 ** 23;

/** Text kept in memory. The longest chat templates have some 100 kB; embedded tokenizer.json files are larger. */
export const MAX_TEXT_BYTES = 2 ** 20;

/** Elements of an array that is kept: one per layer and the like, not one per token. */
export const MAX_KEPT_ELEMENTS = 1024;

/** Bytes of an array of strings that is kept. */
export const MAX_KEPT_BYTES = 64 * 1024;

/** Memory one header may claim. 91,991 tensors with names of 60 bytes come to 26 MB. */
export const MAX_METADATA_BYTES = 32 * 2 ** 20;

/** Price of one key or one tensor besides its text: map slots and small objects. */
export const ENTRY_COST = 160;

/** Price of one element of a kept array: at worst the digits of a large integer. */
export const ELEMENT_COST = 48;

/** Findings kept; a file can hold one in every key. */
export const MAX_FINDINGS = 64;
