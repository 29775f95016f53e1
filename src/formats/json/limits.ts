/** Limits of the JSON reader. A text over a limit is refused with FORMAT_LIMIT before the memory is spent. */

/** Nested arrays and objects. Tokenizers, the deepest real files, reach 8. */
export const MAX_DEPTH = 64;

/** Objects of one text when all of it is kept: each costs about 250 bytes and two in the file. Tokenizers have 2,000. */
export const MAX_OBJECTS = 100_000;

/** Characters of one number: doubles need 25, and turning digits into a bigint takes time that grows with the square. */
export const MAX_NUMBER_BYTES = 128;

/** Texts up to this are also kept decoded, which makes strings cheap; a shard index of DeepSeek-R1 has 9 MB. */
export const MAX_TEXT_BYTES = 10 * 2 ** 20;
