import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSumExp } from '../../src/stats/log-sum-exp.js';
import { agrees, expand, golden } from './golden.js';

const logits = fc.array(fc.double({ min: -700, max: 700, noNaN: true }), { minLength: 1, maxLength: 100 });

describe('logSumExp', () => {
  it.each(golden.logSumExp)('agrees with scipy.special.logsumexp: $name', ({ row, value }) => {
    const values = expand(row);
    expect(agrees(logSumExp(values, 0, values.length), value, 1e-13)).toBe(true);
  });

  it('is minus infinity for an empty range', () => {
    expect(logSumExp([1, 2], 1, 1)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is NaN for a range past the end of the row', () => {
    expect(logSumExp([1, 2], 0, 3)).toBeNaN();
  });

  it('reads only the range', () => {
    expect(logSumExp([Number.NaN, 3, Number.NaN], 1, 2)).toBe(3);
  });

  it('lies between the maximum and the maximum plus ln n', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const max = Math.max(...values);
        const total = logSumExp(values, 0, values.length);
        return total >= max && total <= max + Math.log(values.length) + 1e-12 * Math.abs(max) + 1e-12;
      }),
    );
  });

  it('moves with its input', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (values, shift) => {
        const moved = values.map((value) => value + shift);
        const expected = logSumExp(values, 0, values.length) + shift;
        return Math.abs(logSumExp(moved, 0, moved.length) - expected) < 1e-10;
      }),
    );
  });

  it('turns logits into log-probabilities that sum to one', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const total = logSumExp(values, 0, values.length);
        const sum = values.reduce((acc, value) => acc + Math.exp(value - total), 0);
        return Math.abs(sum - 1) < 1e-11;
      }),
    );
  });
});
