import type { JsonFault } from '../json/faults.js';

/**
 * What can be wrong with a safetensors file. The byte of a fault is the first byte of the value that is wrong: the
 * length field at 0, a character of the header, a key or a JSON value. Bytes that no tensor covers are named by
 * the first of them.
 */
export type SafetensorsFault =
  | JsonFault
  | 'SAFETENSORS_DATA_TRUNCATED'
  | 'SAFETENSORS_DTYPE'
  | 'SAFETENSORS_ENTRY'
  | 'SAFETENSORS_FIELD_MISSING'
  | 'SAFETENSORS_FIELD_UNKNOWN'
  | 'SAFETENSORS_HEADER_LENGTH'
  | 'SAFETENSORS_HEADER_LIMIT'
  | 'SAFETENSORS_HEADER_START'
  | 'SAFETENSORS_HEADER_TRUNCATED'
  | 'SAFETENSORS_HOLE'
  | 'SAFETENSORS_KEY_DUPLICATE'
  | 'SAFETENSORS_METADATA'
  | 'SAFETENSORS_METADATA_LIMIT'
  | 'SAFETENSORS_NAME_LIMIT'
  | 'SAFETENSORS_NOT_SAFETENSORS'
  | 'SAFETENSORS_OFFSET_START'
  | 'SAFETENSORS_OFFSETS'
  | 'SAFETENSORS_OFFSETS_REVERSED'
  | 'SAFETENSORS_OVERLAP'
  | 'SAFETENSORS_PADDING'
  | 'SAFETENSORS_RANK_LIMIT'
  | 'SAFETENSORS_SHAPE'
  | 'SAFETENSORS_SHAPE_OVERFLOW'
  | 'SAFETENSORS_SPAN'
  | 'SAFETENSORS_TENSOR_LIMIT'
  | 'SAFETENSORS_TRAILING'
  | 'SAFETENSORS_TRUNCATED'
  | 'SAFETENSORS_UNALIGNED';

/** What can be wrong with model.safetensors.index.json, by itself or against its shards. */
export type IndexFault =
  | JsonFault
  | 'INDEX_ENTRY_GHOST'
  | 'INDEX_KEY_DUPLICATE'
  | 'INDEX_LIMIT'
  | 'INDEX_SHARD_LIMIT'
  | 'INDEX_SHARD_NAME'
  | 'INDEX_SHARD_PATH'
  | 'INDEX_TENSOR_ELSEWHERE'
  | 'INDEX_TENSOR_LIMIT'
  | 'INDEX_TENSOR_TWICE'
  | 'INDEX_TYPE'
  | 'INDEX_WEIGHT_MAP_MISSING';
