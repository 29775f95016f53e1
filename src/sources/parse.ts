import { basename, resolve } from 'node:path';
import { AssayError } from '../core/errors.js';
import { identify } from '../formats/foreign/identify.js';
import { type Delivery, openBytes, openDelivery } from '../io/files.js';
import { openRemoteDelivery } from '../io/remote-delivery.js';
import { encoderOf } from './attention-plan.js';
import { chooseWeights, type WeightSet } from './located-weights.js';
import type { OpenOptions } from './options.js';

/** Names of formats that run code when loaded; their content decides, and they are never opened. */
const EXECUTABLE = /\.(pt|pth|bin|pkl|pickle|ckpt|h5|keras|joblib)$/i;

/** Where models live in a folder, best first: full precision before converted copies. */
const ONNX_PREFERENCE = [
  'onnx/model.onnx',
  'model.onnx',
  'onnx/decoder_model_merged.onnx',
  'decoder_model_merged.onnx',
  'onnx/model_fp16.onnx',
  'model_fp16.onnx',
  'onnx/model_quantized.onnx',
  'model_quantized.onnx',
];

/** Weights that have their own header. */
const WEIGHTS = /\.(safetensors|gguf)$/;
/** First line of a Git LFS pointer, up to its version. */
const POINTER = 'version https://git-lfs';
/** Names of files in one warning. */
const LISTED = 8;

export interface LocatedModel {
  readonly delivery: Delivery;
  /** Last component of the path: reports must not carry the auditor's directories. */
  readonly label: string;
  readonly model: { readonly kind: 'onnx'; readonly path: string } | WeightSet;
  readonly warnings: readonly string[];
}

/** Find the model in a folder or file by its content. Throws CANDIDATE_NOT_FOUND, _EMPTY or _UNSUPPORTED. */
export async function locateModel(path: string): Promise<LocatedModel> {
  const delivery = await openDelivery(path);
  if (delivery.files.length === 0) {
    throw new AssayError('CANDIDATE_EMPTY', `The folder "${path}" contains no files.`, {
      hint: 'Expected safetensors, GGUF or ONNX weights, or config.json.',
    });
  }
  const model = (await findOnnx(delivery)) ?? (await findWeights(delivery));
  if (model === undefined) throw await noModel(path, delivery);
  return { delivery, label: basename(resolve(path)), model, warnings: warningsOf(delivery, model) };
}

/** Weights behind an http(s) address. Throws what `openRemoteDelivery` throws. */
export async function locateRemote(
  address: string,
  { signal, allowPrivateAddresses = false }: OpenOptions,
): Promise<LocatedModel> {
  const http = { allowPrivate: allowPrivateAddresses, ...(signal ? { signal } : {}) };
  const delivery = await openRemoteDelivery(address, http);
  const model = await findWeights(delivery);
  if (model === undefined) throw await noModel(new URL(address).origin, delivery);
  const warnings = ['The files are behind an address; they were read in part and not hashed.'];
  return { delivery, label: basename(new URL(address).pathname), model, warnings };
}

async function findOnnx(delivery: Delivery): Promise<LocatedModel['model'] | undefined> {
  const onnx = delivery.files.filter((file) => file.endsWith('.onnx'));
  const [only, ...others] = delivery.files;
  const bare =
    others.length === 0 && only && !WEIGHTS.test(only) && !EXECUTABLE.test(only) ? only : undefined;
  const chosen = ONNX_PREFERENCE.find((file) => onnx.includes(file)) ?? onnx[0] ?? bare;
  if (chosen === undefined) return undefined;
  const content = await contentOf(delivery, chosen);
  return content === 'gguf' || content === 'safetensors' ? undefined : { kind: 'onnx', path: chosen };
}

async function findWeights(delivery: Delivery): Promise<WeightSet | undefined> {
  const kinds = new Map<string, WeightSet['kind']>();
  const { files } = delivery;
  for (const file of files) {
    const named = /\.(safetensors|gguf|onnx)$/.exec(file)?.[1];
    if (named === undefined && files.length > 1) continue;
    const content = await contentOf(delivery, file);
    // A damaged header is the reader's to name; a pointer stands for weights that were not fetched.
    const kind = content === 'unknown' ? named : content;
    if (kind === 'safetensors' || kind === 'gguf') kinds.set(file, kind);
  }
  return kinds.size === 0 && files.some((file) => EXECUTABLE.test(file))
    ? undefined
    : chooseWeights(delivery, kinds);
}

/** Other files that could be taken for the model. */
function warningsOf({ files }: Delivery, model: LocatedModel['model']): string[] {
  const audited = model.kind === 'onnx' ? [model.path, encoderOf(model.path, files)] : model.paths;
  const models = files.filter((file) => /\.onnx$/.test(file) || WEIGHTS.test(file));
  const others = models.filter((file) => !audited.includes(file));
  if (audited.length === 0) return ['The folder holds no weights; its metadata alone were read.'];
  if (others.length === 0) return [];
  const listed = others.length > LISTED ? `${others.length} more model files` : others.join(', ');
  return [
    `Audited ${audited.length > LISTED ? `${audited.length} files` : audited.filter(Boolean).join(', ')}; the folder also holds ${listed}.`,
  ];
}

type Content = WeightSet['kind'] | 'pointer' | 'unknown';

/** What a file is by its content. Throws CANDIDATE_UNSUPPORTED for a format that runs code when loaded. */
async function contentOf(delivery: Delivery, file: string): Promise<Content> {
  const bytes = await openBytes(delivery, file);
  try {
    const head = await bytes.read(0, Math.min(POINTER.length, bytes.size));
    const text = Buffer.from(head).toString('latin1');
    if (text === POINTER) return 'pointer';
    // Said by the first bytes of honest files, which their reader checks further.
    if (text.startsWith('GGUF')) return 'gguf';
    if (text.slice(4, 9) === '\0\0\0\0{') return 'safetensors';
    const { format, executes, why } = await identify(bytes);
    if (executes) throw unsupported(`"${file}" is ${why}; it was not opened.`);
    return format === 'gguf' || format === 'safetensors' ? format : 'unknown';
  } finally {
    await bytes.close();
  }
}

/** Names the reason: a folder of pickles is refused for what it holds. */
async function noModel(path: string, delivery: Delivery): Promise<AssayError> {
  const executable = delivery.files.find((file) => EXECUTABLE.test(file));
  if (executable === undefined) {
    const others = `${delivery.files.length} other files`;
    return unsupported(`"${path}" holds no ONNX, GGUF or safetensors model and no config.json (${others}).`);
  }
  await contentOf(delivery, executable);
  return unsupported(`"${path}" holds "${executable}", by its name a format that runs code when loaded.`);
}

function unsupported(message: string): AssayError {
  return new AssayError('CANDIDATE_UNSUPPORTED', message, {
    hint: 'Ask the vendor for safetensors, GGUF or an ONNX export (onnx/model.onnx).',
  });
}
