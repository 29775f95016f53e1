import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma } from '../../src/stats/log-gamma.js';
import { golden, near } from './lineage-golden.js';

describe('logGamma', () => {
  it.each(golden.logGamma)('agrees with mpmath at $x', ({ x, value }) => {
    expect(near(logGamma(x), value, 1e-14)).toBe(true);
  });

  it('keeps the recurrence Γ(x+1) = x Γ(x)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (x) =>
        near(logGamma(x + 1), logGamma(x) + Math.log(x), 1e-11),
      ),
    );
  });

  it('is undefined at zero and below', () => {
    expect([logGamma(0), logGamma(-2), logGamma(Number.NaN)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
