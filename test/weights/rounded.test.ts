import fc from 'fast-check';
import { expect, test } from 'vitest';
import { half } from '../../src/weights/decode/half.js';
import { bfloat16Bits, float16Bits } from '../../src/weights/rounded.js';

const word = new DataView(new ArrayBuffer(4));
const floatOf = (bits: number): number => {
  word.setUint32(0, bits);
  return word.getFloat32(0);
};
const toHalf = (value: number): number => float16Bits(Float32Array.of(value))[0] ?? -1;
const toBrain = (value: number): number => bfloat16Bits(Float32Array.of(value))[0] ?? -1;
const fromHalf = (bits: number): number => half(Uint8Array.of(bits & 255, bits >> 8), 0);

test('every half comes back as itself', () => {
  for (let bits = 0; bits < 65_536; bits++) {
    const value = fromHalf(bits);
    if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits);
  }
});

// numpy 1.24.2: np.float16(x).view(np.uint16); torch 1.13.0: torch.tensor(x).bfloat16()
test.each([
  [1 / 3, 0x3555, 0x3eab],
  [65_519.996, 0x7bff, 0x4780],
  [65_520, 0x7c00, 0x4780],
  [2 ** -24, 0x0001, 0x3380],
  [2 ** -25, 0x0000, 0x3300],
  [3 * 2 ** -26, 0x0001, 0x3340],
  [-(2 ** -14) * (1 - 2 ** -12), 0x8400, 0xb880],
  [1 + 2 ** -11, 0x3c00, 0x3f80],
  [1 + 3 * 2 ** -11, 0x3c02, 0x3f80],
  [Number.NaN, 0x7e00, 0x7fc0],
  [Number.NEGATIVE_INFINITY, 0xfc00, 0xff80],
])('%f', (value, f16, bf16) => {
  expect([toHalf(value), toBrain(value)]).toEqual([f16, bf16]);
});

test('the nearest half, ties to even', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: Math.fround(-65_000), max: Math.fround(65_000) }), (value) => {
      const bits = toHalf(value);
      const error = Math.abs(fromHalf(bits) - value);
      for (const beside of [bits - 1, bits + 1].filter((other) => (other & 0x7fff) < 0x7c00 && other >= 0)) {
        const other = Math.abs(fromHalf(beside) - value);
        expect(
          error < other || (error === other && bits % 2 === 0) || fromHalf(beside) === fromHalf(bits),
        ).toBe(true);
      }
    }),
  );
});

test('a BF16 is the upper half of its float', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65_535 }), (upper) => {
      const value = floatOf(upper * 65_536);
      if (!Number.isNaN(value)) expect(toBrain(value)).toBe(upper);
    }),
  );
});
