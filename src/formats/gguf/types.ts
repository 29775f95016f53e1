import type { MetadataValue, StoredTensor } from '../../core/types.js';
import type { GgufFault } from './fault.js';
import type { GgufValueName } from './value-types.js';

/** The header of one GGUF file, checked against its length. */
export interface GgufFile {
  readonly version: 2 | 3;
  /** Arrays of more than 1,024 elements and texts of more than 1 MiB are left out; `extents` has them. */
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** Where every array, and every text too long to keep, lies in the file. */
  readonly extents: ReadonlyMap<string, GgufExtent>;
  /** In the order of their bytes. */
  readonly tensors: readonly StoredTensor[];
  readonly alignment: number;
  /** First byte of tensor data. */
  readonly dataOffset: number;
  /** What honest files do as well, and an audit should still show. */
  readonly findings: readonly GgufFinding[];
}

/** Elements that stay in the file; see `readGgufStrings`. */
export interface GgufExtent {
  readonly type: GgufValueName;
  readonly count: number;
  /** First byte of the first element; a string starts with its length. */
  readonly offset: number;
  readonly bytes: number;
}

export interface GgufFinding {
  readonly fault: GgufFault;
  readonly offset: number;
  readonly message: string;
}
