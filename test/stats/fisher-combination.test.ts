import { describe, expect, it } from 'vitest';
import { fisherCombination } from '../../src/stats/fisher-combination.js';
import { golden, near } from './lineage-golden.js';

describe('fisherCombination', () => {
  it.each(golden.fisher)('agrees with mpmath on %o', ({ ps, logP }) => {
    expect(near(fisherCombination(ps.map(Math.log)), logP, 1e-12)).toBe(true);
  });

  it('says nothing without tests, and keeps certainty', () => {
    expect(fisherCombination([])).toBe(0);
    expect(fisherCombination([Number.NEGATIVE_INFINITY, -1])).toBe(Number.NEGATIVE_INFINITY);
  });
});
