import type { FileFormat, Identity } from './types.js';

const UNPICKLED = 'which joblib and torch unpack and unpickle';

const SIGNATURES: readonly (readonly [hex: string, format: FileFormat, why: string])[] = [
  ['377abcaf271c', '7z', 'a 7z archive, in which pickles hide from scanners'],
  ['894844460d0a1a0a', 'hdf5', 'an HDF5 file; Keras runs code that its layers store'],
  ['1f8b', 'compressed', `a gzip stream, ${UNPICKLED}`],
  ['425a68', 'compressed', `a bzip2 stream, ${UNPICKLED}`],
  ['fd377a585a00', 'compressed', `an xz stream, ${UNPICKLED}`],
  ['5d0000', 'compressed', `an LZMA stream, ${UNPICKLED}`],
  ['04224d18', 'compressed', `an LZ4 stream, ${UNPICKLED}`],
  ['28b52ffd', 'compressed', `a Zstandard stream, ${UNPICKLED}`],
  ['7801', 'compressed', `a zlib stream, ${UNPICKLED}`],
  ['785e', 'compressed', `a zlib stream, ${UNPICKLED}`],
  ['789c', 'compressed', `a zlib stream, ${UNPICKLED}`],
  ['78da', 'compressed', `a zlib stream, ${UNPICKLED}`],
  ['5a46', 'compressed', `a joblib stream, ${UNPICKLED}`],
  // The first object of torch.save before 1.6: a pickled magic number.
  ['80028a0a6cfc9c46f9206aa850192e', 'torch-legacy', 'a PyTorch checkpoint of the old kind, a pickle'],
  ['7f454c46', 'program', 'a program (ELF)'],
  ['4d5a', 'program', 'a program (Windows)'],
  ['cffaedfe', 'program', 'a program (macOS)'],
  ['2321', 'program', 'a script'],
];

/** HDF5 may follow a block of the user's of these sizes. */
const HDF5_OFFSETS = [512, 1024, 2048];
const HDF5 = '894844460d0a1a0a';
const TAR_OFFSET = 257;
const TAR = '7573746172';

/** Formats that start with bytes of their own. `head` is the first 16 KiB of the file, or all of it. */
export function bySignature(head: Uint8Array): Identity | undefined {
  for (const [signature, format, why] of SIGNATURES)
    if (has(head, 0, signature)) return { format, executes: true, why };
  if (HDF5_OFFSETS.some((offset) => has(head, offset, HDF5)))
    return { format: 'hdf5', executes: true, why: 'an HDF5 file; Keras runs code that its layers store' };
  if (has(head, TAR_OFFSET, TAR))
    return {
      format: 'tar',
      executes: true,
      why: 'a tar archive, in which old PyTorch and NeMo keep pickles',
    };
  return isSavedModel(head)
    ? { format: 'saved-model', executes: true, why: 'a TensorFlow SavedModel, whose graph can write files' }
    : undefined;
}

/** Schema version 1, then a graph that starts with its own message; in ONNX a name stands there. */
function isSavedModel(head: Uint8Array): boolean {
  if (!has(head, 0, '080112')) return false;
  const end = head.subarray(3, 8).findIndex((byte) => byte < 0x80);
  return end >= 0 && head[3 + end + 1] === 0x0a;
}

function has(bytes: Uint8Array, offset: number, hex: string): boolean {
  const length = hex.length / 2;
  if (bytes.byteLength < offset + length) return false;
  for (let i = 0; i < length; i++)
    if (bytes[offset + i] !== Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)) return false;
  return true;
}
