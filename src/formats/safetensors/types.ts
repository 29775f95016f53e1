import type { StoredTensor } from '../../core/types.js';

/** The header of one safetensors file, checked against its length. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their bytes. */
  readonly tensors: readonly StoredTensor[];
  /** Bytes before the first tensor: the length field and the JSON. */
  readonly headerBytes: number;
}
