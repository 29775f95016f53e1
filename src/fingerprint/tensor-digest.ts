import { createHash } from 'node:crypto';
import type { MatrixId, WeightMatrix } from '../core/types.js';
import { bfloat16Bits, float16Bits } from '../weights/rounded.js';

/** Digests of one weight's numbers, whatever file, shard, container or type holds them. */
export interface TensorDigest {
  /** Place in the model, e.g. `layers.0.query`. */
  readonly id: string;
  readonly rows: number;
  readonly columns: number;
  /** First 128 bits of SHA-256 over the numbers as little-endian F32, row by row. */
  readonly f32: string;
  /** The same of the numbers rounded to BF16 and F16, as converters do. */
  readonly bf16: string;
  readonly f16: string;
}

/** Floats decoded at once: 16 MB. */
const BLOCK = 4 * 2 ** 20;
const HEX = 32;

export async function digestMatrix(
  id: MatrixId,
  matrix: WeightMatrix,
  signal: AbortSignal | undefined,
): Promise<TensorDigest> {
  const { rows, columns } = matrix;
  const [f32, bf16, f16] = [createHash('sha256'), createHash('sha256'), createHash('sha256')];
  const step = Math.max(1, Math.floor(BLOCK / Math.max(1, columns)));
  for (let from = 0; from < rows; from += step) {
    signal?.throwIfAborted();
    const values = await matrix.read(from, Math.min(step, rows - from));
    f32.update(bytesOf(values));
    bf16.update(bytesOf(bfloat16Bits(values)));
    f16.update(bytesOf(float16Bits(values)));
  }
  const hex = (hash: typeof f32): string => hash.digest('hex').slice(0, HEX);
  return { id: placeOf(id), rows, columns, f32: hex(f32), bf16: hex(bf16), f16: hex(f16) };
}

export function placeOf({ role, layer, expert, part }: MatrixId): string {
  return [
    ...(layer === undefined ? [] : [`layers.${layer}`]),
    ...(expert === undefined ? [] : [`experts.${expert}`]),
    role,
    ...(part === 'bias' ? ['bias'] : []),
  ].join('.');
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
