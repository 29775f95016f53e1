import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { summarize } from '../../src/stats/summary.js';
import { agrees, golden } from './golden.js';

const sample = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 80 });

describe('summarize', () => {
  it.each(golden.summarize)('agrees with numpy: $name', ({ values, expected }) => {
    const actual = summarize(values);
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, number] of Object.entries(actual)) {
      const target = expected[name] ?? null;
      if (number === null || target === null) expect(number).toBe(target);
      else expect(agrees(number, target, 1e-13), `${name}: ${number} for ${target}`).toBe(true);
    }
  });

  it.each([
    ['no value', []],
    ['a NaN', [1, Number.NaN]],
    ['an infinity', [1, Number.NEGATIVE_INFINITY]],
  ])('refuses %s', (_, values) => {
    const thrown = expect(() => summarize(values));
    thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
  });

  it('leaves its input alone', () => {
    const values = [3, 1, 2];
    summarize(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('orders its quantiles and keeps the mean between the extremes', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const s = summarize(values);
        const steps = [s.min, s.p5, s.p25, s.median, s.p75, s.p95, s.max];
        const slack = 1e-9 * Math.max(1, Math.abs(s.min), Math.abs(s.max));
        const ordered = steps.every((step, i) => i === 0 || step >= (steps[i - 1] ?? 0) - slack);
        return ordered && s.mean >= s.min - slack && s.mean <= s.max + slack && (s.sd ?? 0) >= 0;
      }),
    );
  });

  it('does not depend on the order of the values', () => {
    fc.assert(
      fc.property(sample, (values) => {
        // As JSON, because 0 and -0 sort as equal and may swap.
        expect(JSON.stringify(summarize(values.toReversed()))).toBe(JSON.stringify(summarize(values)));
      }),
    );
  });
});
