import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { ngramDiversity } from '../../src/stats/ngram-diversity.js';

describe('ngramDiversity', () => {
  it('counts unique over all', () => {
    expect(ngramDiversity([5, 6, 5, 6, 5], 2)).toBe(0.5);
    expect(ngramDiversity([1, 2, 3, 4, 5, 6], 6)).toBe(1);
  });

  it('does not confuse ids whose digits run together', () => {
    expect(ngramDiversity([1, 11, 1, 111], 2)).toBe(1);
  });

  it('is null when the sequence is shorter than n', () => {
    expect(ngramDiversity([], 1)).toBeNull();
    expect(ngramDiversity([1, 2], 3)).toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses n = %s', (n) => {
    const thrown = expect(() => ngramDiversity([1, 2, 3], n));
    thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
  });
});
