import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGammaHalfStep } from '../../src/stats/log-gamma-half-step.js';
import { agrees, golden } from './golden.js';

describe('logGammaHalfStep', () => {
  it.each(golden.logGammaHalfStep)('agrees with mpmath at $x', ({ x, value }) => {
    expect(agrees(logGammaHalfStep(x), value, 1e-14)).toBe(true);
  });

  it('is NaN where the gamma function has poles or no logarithm', () => {
    for (const x of [0, -1, -2.5, Number.NaN]) expect(logGammaHalfStep(x)).toBeNaN();
  });

  it('makes two half steps one whole step, ln x', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), (x) =>
        agrees(logGammaHalfStep(x) + logGammaHalfStep(x + 0.5), Math.log(x), 1e-13),
      ),
    );
  });
});
