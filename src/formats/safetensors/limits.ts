/** Limits of the safetensors reader. A file over a limit is refused with FORMAT_LIMIT before the memory is spent. */

/** The specification's own bound on the header: a longer one is no safetensors file. */
export const SPEC_HEADER_BYTES = 100_000_000;

/** Header kept in memory at once. All of DeepSeek-R1 in one file would need 12 MB. */
export const MAX_HEADER_BYTES = 16 * 2 ** 20;

/** Tensors of one file, 250 to 500 bytes of memory each. All of DeepSeek-R1 in one file are 91,991. */
export const MAX_TENSORS = 100_000;

/** Entries of `__metadata__`. Some quantizers write one per tensor. */
export const MAX_METADATA = MAX_TENSORS;

/** Tensors of one index, for all shards together. A trillion packed 4-bit weights come to 210,000. */
export const MAX_INDEXED_TENSORS = 300_000;

/** An index entry has about 100 bytes; DeepSeek-R1's index has 9 MB. */
export const MAX_INDEX_BYTES = 32 * 2 ** 20;

/** Shards of one index. The largest published models have fewer than 1,000. */
export const MAX_SHARDS = 10_000;

/** Tensor names are module paths of a few hundred bytes at most; a shard's name must fit a file system. */
export const MAX_NAME_LENGTH = 16 * 1024;
export const MAX_SHARD_NAME_LENGTH = 255;

/** Dimensions of a tensor: as many as NumPy 2 allows. */
export const MAX_RANK = 64;
