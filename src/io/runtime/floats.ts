import type { Tensor } from 'onnxruntime-node';
import { AssayError } from '../../core/errors.js';

/** Tensor contents as floats; half precision arrives as raw bits and is widened. */
export function floats(tensor: Tensor | undefined, name: string): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (tensor?.type === 'float16' && data instanceof Uint16Array) return widen(data);
  throw new AssayError(
    'MODEL_OUTPUT_MISSING',
    `Output "${name}" is ${tensor ? `of type ${tensor.type}` : 'absent'}; expected floating point.`,
    {
      hint: 'Re-export the model with float outputs.',
    },
  );
}

/** IEEE 754 binary16 to binary32 by moving bits: a normal number only needs its exponent re-biased from 15 to 127. */
function widen(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) out[i] = (sign === 0 ? 1 : -1) * fraction * 2 ** -24;
    else words[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return out;
}
