import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { floats } from '../../src/io/runtime/floats.js';

/** IEEE 754-2019 §3.4, binary16, written out. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

describe('floats', () => {
  it('widens every one of the 65,536 half-precision numbers exactly', () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const wide = floats({ type: 'float16', data: bits } as unknown as Tensor, 'x');
    for (let i = 0; i < bits.length; i++)
      expect(Object.is(wide[i], half(i)) || Number.isNaN(half(i))).toBe(true);
    expect(Number.isNaN(wide[0x7e00])).toBe(true);
  });

  it('refuses what is not floating point', () => {
    const ids = new Tensor('int32', Int32Array.of(1), [1]);
    expect(() => floats(ids, 'logits')).toThrow(expect.objectContaining({ code: 'MODEL_OUTPUT_MISSING' }));
  });
});
