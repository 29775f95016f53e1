import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropyBits } from '../../src/stats/entropy-bits.js';
import { expand, golden } from './golden.js';

/** The accuracy the docstring promises: plain summation, and the rounding of log2 of the sum. */
function tolerance(p: readonly number[]): number {
  const sum = p.reduce((acc, value) => acc + value, 0);
  return (p.length <= 2048 ? 1e-13 : 2e-11) + 4.5e-16 * Math.abs(Math.log2(sum));
}
const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });
const positive = weights.filter((row) => row.some((value) => value > 1e-12));

describe('entropyBits', () => {
  it.each(golden.entropyBits)('agrees with scipy.stats.entropy: $name', ({ row, from, to, bits }) => {
    const p = expand(row);
    const actual = entropyBits(p, from ?? 0, to ?? p.length);
    expect(Math.abs(actual - bits)).toBeLessThanOrEqual(tolerance(p));
  });

  it('reads a Float32Array as it reads the same numbers in an array', () => {
    const row = Float32Array.from({ length: 256 }, (_, i) => Math.exp(-i / 9));
    expect(entropyBits(row, 3, 200)).toBe(entropyBits([...row], 3, 200));
  });

  it('gives whole bits for a uniform row of a power of two', () => {
    expect(entropyBits(new Float32Array(4096).fill(1 / 4096), 0, 4096)).toBe(12);
  });

  it.each([
    ['a NaN', [0.5, Number.NaN, 0.5]],
    ['a negative value', [0.5, -1e-9, 0.5]],
    ['an infinite value', [0.5, Number.POSITIVE_INFINITY]],
    ['zeros only', [0, 0, 0]],
    ['nothing', []],
  ])('is NaN for a row with %s', (_, row) => {
    expect(entropyBits(row, 0, row.length)).toBeNaN();
  });

  it('is NaN for a range past the end of the row', () => {
    expect(entropyBits([0.5, 0.5], 0, 3)).toBeNaN();
    expect(entropyBits([0.5, 0.5], -1, 2)).toBeNaN();
  });

  it('lies between 0 and log2 of the number of entries', () => {
    fc.assert(
      fc.property(positive, (row) => {
        const bits = entropyBits(row, 0, row.length);
        return bits >= 0 && bits <= Math.log2(row.length) + 1e-12;
      }),
    );
  });

  it('does not depend on the order of the entries', () => {
    fc.assert(
      fc.property(positive, (row) => {
        const reversed = entropyBits(row.toReversed(), 0, row.length);
        const sorted = entropyBits(
          row.toSorted((a, b) => a - b),
          0,
          row.length,
        );
        const bits = entropyBits(row, 0, row.length);
        return Math.abs(bits - reversed) < 1e-12 && Math.abs(bits - sorted) < 1e-12;
      }),
    );
  });

  it('does not depend on the scale of the row', () => {
    fc.assert(
      fc.property(positive, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (row, scale) => {
        const scaled = row.map((value) => value * scale);
        return Math.abs(entropyBits(row, 0, row.length) - entropyBits(scaled, 0, row.length)) < 1e-11;
      }),
    );
  });

  it('adds over independent rows', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const joint = a.flatMap((x) => b.map((y) => x * y));
        const sum = entropyBits(a, 0, a.length) + entropyBits(b, 0, b.length);
        return Math.abs(entropyBits(joint, 0, joint.length) - sum) < 1e-9;
      }),
      { numRuns: 30 },
    );
  });
});
