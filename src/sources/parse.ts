import { basename, resolve } from 'node:path';
import { AssayError } from '../core/errors.js';
import type { CandidateSpec } from '../core/types.js';
import { type Delivery, openBytes, openDelivery } from '../io/files.js';
import { encoderOf } from './attention-plan.js';

/** Formats that run code when loaded. They are named and refused, never opened. */
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

export interface LocatedModel {
  readonly spec: CandidateSpec;
  readonly delivery: Delivery;
  /** Last component of the path: reports must not carry the auditor's directories. */
  readonly label: string;
  /** The file that will be read and run. */
  readonly modelPath: string;
  readonly warnings: readonly string[];
}

/** Find the model in a folder or file by its content. Throws CANDIDATE_NOT_FOUND, _EMPTY or _UNSUPPORTED. */
export async function locateModel(path: string): Promise<LocatedModel> {
  const delivery = await openDelivery(path);
  if (delivery.files.length === 0) {
    throw new AssayError('CANDIDATE_EMPTY', `The folder "${path}" contains no files.`, {
      hint: 'Expected config.json, tokenizer.json and onnx/model.onnx.',
    });
  }
  const onnx = delivery.files.filter((file) => file.endsWith('.onnx'));
  const chosen =
    ONNX_PREFERENCE.find((file) => onnx.includes(file)) ?? onnx[0] ?? (await findByContent(delivery));
  if (chosen === undefined) throw noModel(path, delivery);
  const kind = await sniff(delivery, chosen);
  const encoder = encoderOf(chosen, onnx);
  const others = onnx.filter((file) => file !== chosen && file !== encoder);
  const warnings =
    others.length > 0 ? [`Audited ${chosen}; the folder also holds ${others.join(', ')}.`] : [];
  return { spec: { kind, path }, label: basename(resolve(path)), delivery, modelPath: chosen, warnings };
}

async function findByContent(delivery: Delivery): Promise<string | undefined> {
  for (const file of delivery.files) {
    if (EXECUTABLE.test(file)) continue;
    if (delivery.files.length === 1 || (await sniff(delivery, file)) !== 'onnx') return file;
  }
  return undefined;
}

/** GGUF has a magic number, safetensors an 8-byte header length before a brace; ONNX protobuf has neither. */
async function sniff(delivery: Delivery, file: string): Promise<'onnx' | 'gguf' | 'safetensors'> {
  const bytes = await openBytes(delivery, file);
  try {
    const head = await bytes.read(0, Math.min(16, bytes.size));
    if (Buffer.from(head.subarray(0, 4)).toString('latin1') === 'GGUF') return 'gguf';
    return head[8] === 0x7b && head[5] === 0 && head[6] === 0 && head[7] === 0 ? 'safetensors' : 'onnx';
  } finally {
    await bytes.close();
  }
}

function noModel(path: string, delivery: Delivery): AssayError {
  const executable = delivery.files.find((file) => EXECUTABLE.test(file));
  return new AssayError(
    'CANDIDATE_UNSUPPORTED',
    executable
      ? `"${path}" holds "${executable}", a format that runs code when loaded; it was not opened.`
      : `"${path}" holds no ONNX, GGUF or safetensors model (${delivery.files.length} other files).`,
    { hint: 'Ask the vendor for safetensors, GGUF or an ONNX export (onnx/model.onnx).' },
  );
}
