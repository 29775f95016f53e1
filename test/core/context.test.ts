import { describe, expect, it } from 'vitest';
import { fitContext } from '../../src/core/context.js';

describe('fitContext', () => {
  it('leaves budgets alone in a long or unknown context', () => {
    const wanted = { promptTokens: 192, newTokens: 64 };
    expect(fitContext(wanted, undefined)).toEqual(wanted);
    expect(fitContext(wanted, 4096)).toEqual(wanted);
  });

  it('never asks for more positions than the model has', () => {
    for (const positions of [2, 3, 16, 64, 200]) {
      const { promptTokens, newTokens } = fitContext({ promptTokens: 192, newTokens: 64 }, positions);
      expect(promptTokens + newTokens).toBeLessThanOrEqual(positions);
      expect(Math.min(promptTokens, newTokens)).toBeGreaterThan(0);
    }
  });
});
