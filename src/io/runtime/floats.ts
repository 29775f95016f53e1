import type { Tensor } from 'onnxruntime-common';
import { AssayError } from '../../core/errors.js';

/** Tensor contents as floats; half precision is widened, since Node before 24 has no Float16Array. */
export function floats(tensor: Tensor | undefined, name: string): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (tensor?.type === 'float16' && data instanceof Uint16Array) return widen(data);
  if (tensor?.type === 'float16') return Float32Array.from(data as unknown as ArrayLike<number>);
  throw new AssayError(
    'MODEL_OUTPUT_MISSING',
    `Output "${name}" is ${tensor ? `of type ${tensor.type}` : 'absent'}; expected floating point.`,
    {
      hint: 'Re-export the model with float logits and attention outputs.',
    },
  );
}

function widen(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i] as number;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? Number.NaN
            : Number.POSITIVE_INFINITY
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    out[i] = half & 0x8000 ? -magnitude : magnitude;
  }
  return out;
}
