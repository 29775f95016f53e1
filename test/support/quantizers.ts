import { FLOATS } from '../../src/weights/decode/floats.js';
import { bfloat16Bits, float16Bits } from '../../src/weights/rounded.js';

type Group = (numbers: readonly number[]) => number[];

/** Round groups of a row and give them back as floats: what a dequantized copy holds. */
export function dequantized(values: Float32Array, group: number, round: Group): Float32Array {
  const out = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += group)
    out.set(round([...values.subarray(from, from + group)]), from);
  return out;
}

const largest = (numbers: readonly number[]): number => Math.max(...numbers.map(Math.abs));
const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Q4_0, Q5_0, Q6_K, Q8_0, GPTQ, int8: whole multiples of a step. */
export function symmetric(bits: number): Group {
  const most = 2 ** (bits - 1);
  return (numbers) => {
    const step = Math.fround(largest(numbers) / (most - 1)) || 1;
    return numbers.map((value) => step * clamp(Math.round(value / step), -most, most - 1));
  };
}

/** AWQ, GPTQ with zero points, MatMulNBits: a whole number stands for zero. */
export function zeroPoint(bits: number): Group {
  return (numbers) => {
    const step = (Math.max(...numbers, 0) - Math.min(...numbers, 0)) / (2 ** bits - 1) || 1;
    const zero = Math.round(-Math.min(...numbers, 0) / step);
    return numbers.map((value) => step * (clamp(Math.round(value / step) + zero, 0, 2 ** bits - 1) - zero));
  };
}

/** Q4_1, Q4_K, Q5_K, MLX: an offset of its own, itself rounded to `offsetBits` bits. */
export function affine(bits: number, offsetBits = 6): Group {
  return (numbers) => {
    const least = Math.min(...numbers, 0);
    const step = (Math.max(...numbers) - least) / (2 ** bits - 1) || 1;
    const coarse = 0.11 / (2 ** offsetBits - 1);
    const offset = coarse * Math.round(-least / coarse);
    return numbers.map(
      (value) => step * clamp(Math.round((value + offset) / step), 0, 2 ** bits - 1) - offset,
    );
  };
}

/** NF4, FP4, IQ4_NL: the nearest of some levels times the largest magnitude. */
export function codebook(levels: readonly number[]): Group {
  return (numbers) => {
    const scale = largest(numbers) || 1;
    const nearest = (x: number): number =>
      levels.reduce(
        (best, level) => (Math.abs(level - x) < Math.abs(best - x) ? level : best),
        levels[0] as number,
      );
    return numbers.map((value) => scale * nearest(value / scale));
  };
}

/** E4M3, as DeepSeek's tiles and per-tensor FP8 round. */
export function float8(numbers: readonly number[]): number[] {
  const scale = largest(numbers) / 448 || 1;
  return numbers.map((value) => {
    const magnitude = Math.abs(value / scale);
    const spacing = 2 ** (Math.max(-6, Math.floor(Math.log2(magnitude || 1e-9))) - 3);
    return Math.sign(value) * spacing * Math.round(magnitude / spacing) * scale;
  });
}

export const CONTAINERS = {
  F32: (values: Float32Array) => values,
  BF16: (values: Float32Array) => back('BF16', bfloat16Bits(values)),
  F16: (values: Float32Array) => back('F16', float16Bits(values)),
};

function back(type: string, bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  FLOATS.get(type)?.decode(new Uint8Array(bits.buffer), out);
  return out;
}
