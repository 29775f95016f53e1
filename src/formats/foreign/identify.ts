import type { ByteSource } from '../../core/bytes.js';
import { Window } from '../window.js';
import { isPickle } from './pickle.js';
import { bySignature } from './signatures.js';
import type { Identity } from './types.js';
import { zipNames } from './zip.js';

/** NumPy reads headers of at most 10,000 bytes; joblib names its own class in the first object. */
const HEAD_BYTES = 16 * 1024;

/** A header as NumPy itself writes it, of numbers; anything else it evaluates may stand for objects. */
const NUMBERS =
  /\{'descr': '[<>|=][?bBiufcmMSU]\d*(\[\w+\])?', 'fortran_order': (True|False), 'shape': \([\d, ]*\), \} *\n/;

/**
 * What a file is, by its content and never by its name, so that a format that runs code when loaded can be refused by
 * name. Nothing is unpacked or executed. Throws ABORTED, and FORMAT_TRUNCATED when the source returns too little.
 */
export async function identify(
  source: ByteSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Identity> {
  const window = new Window(source, { signal: options.signal, fault: 'FILE_READ_SHORT' });
  const { size } = source;
  // Not slice(): on a Buffer that is a view.
  const head = new Uint8Array(await window.bytes(0, Math.min(size, HEAD_BYTES)));
  const text = String.fromCharCode(...head);
  if (text.startsWith('GGUF')) return { format: 'gguf', executes: false, why: 'a GGUF file' };
  // Before pickles: a header of 640 bytes starts like one of protocol 2.
  if (isSafetensors(head, size)) return { format: 'safetensors', executes: false, why: 'a safetensors file' };
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06'))
    return archive(await zipNames(window, size));
  if (text.startsWith('\x93NUMPY')) return array(text);
  const known = bySignature(head);
  if (known !== undefined) return known;
  if (await isPickle(window, size)) return pickle(text);
  return { format: 'unknown', executes: false, why: 'of no format that has a signature' };
}

function isSafetensors(head: Uint8Array, size: number): boolean {
  if (head.byteLength < 10 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(size - 8);
}

function pickle(text: string): Identity {
  if (text.includes('joblib.numpy_pickle'))
    return { format: 'joblib', executes: true, why: 'a joblib file, a pickle that runs code when loaded' };
  return { format: 'pickle', executes: true, why: 'a Python pickle, which runs code when loaded' };
}

function archive(names: readonly string[] | null): Identity {
  if (names === null) return { format: 'zip', executes: true, why: 'a zip archive that cannot be read' };
  const has = (name: string): boolean => names.some((entry) => entry === name || entry.endsWith(`/${name}`));
  if (has('data.pkl'))
    return has('constants.pkl') || names.some((name) => /(^|\/)code\//.test(name))
      ? { format: 'torchscript', executes: true, why: 'a TorchScript archive, which is a program' }
      : { format: 'torch-zip', executes: true, why: 'a PyTorch checkpoint, an archive around a pickle' };
  if (has('model.weights.h5') && has('config.json'))
    return { format: 'keras', executes: true, why: 'a Keras model, whose layers may hold code' };
  if (has('schema.json'))
    return { format: 'skops', executes: true, why: 'a skops file, which names classes to load' };
  if (names.length > 0 && names.every((name) => name.endsWith('.npy')))
    return { format: 'npz', executes: true, why: 'a NumPy archive, whose arrays may be pickles' };
  const pickled = names.some((name) => /\.(pkl|pickle|pt|pth|bin|ckpt|joblib)$/i.test(name));
  return pickled
    ? { format: 'zip', executes: true, why: 'a zip archive that holds pickles' }
    : { format: 'zip', executes: false, why: 'a zip archive, which must be unpacked first' };
}

function array(text: string): Identity {
  return NUMBERS.test(text)
    ? { format: 'numpy', executes: false, why: 'a NumPy array' }
    : { format: 'numpy-objects', executes: true, why: 'a NumPy array of objects, which is a pickle' };
}
