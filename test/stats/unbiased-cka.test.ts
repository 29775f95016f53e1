import { describe, expect, it } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import { unbiasedCka } from '../../src/stats/unbiased-cka.js';
import { golden, near } from './lineage-golden.js';

describe('unbiasedCka', () => {
  it.each(golden.matrices)('agrees with the explicit U-statistic, n = $n', ({ n, a, b, cka }) => {
    expect(near(unbiasedCka(Float64Array.from(a), Float64Array.from(b), n), cka, 1e-11)).toBe(true);
  });

  it('is 1 for a matrix and its multiple', () => {
    for (const { n, a } of golden.matrices) {
      const gram = Float64Array.from(a);
      expect(
        unbiasedCka(
          gram,
          gram.map((value) => 3 * value),
          n,
        ),
      ).toBeCloseTo(1, 12);
    }
  });

  it('is 0 on average for unrelated matrices', () => {
    const rng = seededRng(5);
    const gram = (n: number): Float64Array => {
      const rows = Array.from({ length: n }, () => Array.from({ length: 6 }, () => rng() - 0.5));
      return Float64Array.from(
        rows.flatMap((x) => rows.map((y) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0))),
      );
    };
    const found = Array.from({ length: 200 }, () => unbiasedCka(gram(12), gram(12), 12));
    expect(Math.abs(found.reduce((sum, value) => sum + value, 0) / found.length)).toBeLessThan(0.04);
  });
});
