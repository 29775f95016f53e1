import type { MetadataValue, StoredTensor } from '../../core/types.js';

/** The header of one GGUF file, checked against its length. */
export interface GgufFile {
  readonly version: 2 | 3;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** In the order of their bytes. */
  readonly tensors: readonly StoredTensor[];
  readonly alignment: number;
  /** First byte of tensor data. */
  readonly dataOffset: number;
}
