import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { normalizeLog } from '../../src/stats/normalize-log.js';
import { agrees, golden } from './golden.js';

const weights = fc.dictionary(fc.string(), fc.double({ min: -1e5, max: 1e5, noNaN: true }), { minKeys: 1 });

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isAssayError(error) ? error.code : 'foreign';
  }
  return undefined;
}

describe('normalizeLog', () => {
  it.each(golden.normalizeLog)('agrees with scipy.special.softmax: $logs', ({ logs, posterior }) => {
    const named = Object.fromEntries(logs.map((value, i) => [`variant-${i}`, Number(value)]));
    const actual = Object.values(normalizeLog(named));
    expect(actual).toHaveLength(posterior.length);
    posterior.forEach((expected, i) => {
      expect(agrees(actual[i] ?? Number.NaN, expected, 1e-12)).toBe(true);
    });
  });

  it.each([
    ['no key', {}],
    ['a NaN', { full: 0, other: Number.NaN }],
    ['plus infinity', { full: 0, other: Number.POSITIVE_INFINITY }],
    ['minus infinity only', { full: Number.NEGATIVE_INFINITY, other: Number.NEGATIVE_INFINITY }],
  ])('refuses %s', (_, logs) => {
    expect(codeOf(() => normalizeLog(logs))).toBe('INTERNAL');
  });

  it('keeps its keys, even those that objects inherit', () => {
    const logs = JSON.parse('{"zeta":0,"__proto__":0,"constructor":0,"alpha":0}');
    expect(Object.entries(normalizeLog(logs))).toEqual(Object.keys(logs).map((key) => [key, 0.25]));
  });

  it('sums to one, with every value in [0, 1]', () => {
    fc.assert(
      fc.property(weights, (logs) => {
        const values = Object.values(normalizeLog(logs));
        const sum = values.reduce((acc, value) => acc + value, 0);
        return (
          Math.abs(sum - 1) <= 1e-15 * values.length && values.every((value) => value >= 0 && value <= 1)
        );
      }),
    );
  });

  it('depends on differences only', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (logs, shift) => {
        const moved = Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, value + shift]));
        const before = Object.values(normalizeLog(logs));
        return Object.values(normalizeLog(moved)).every((value, i) => agrees(value, before[i] ?? -1, 1e-9));
      }),
    );
  });
});
