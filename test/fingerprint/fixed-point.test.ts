import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLogProbs, unpackLogProbs } from '../../src/fingerprint/fixed-point.js';

describe('packed log-probabilities', () => {
  it('come back within half a step of 1/512 nats', () => {
    const row = fc.array(fc.double({ min: -60, max: 0, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const back = unpackLogProbs(packLogProbs(rows), 3);
        for (const [i, values] of rows.entries()) {
          for (const [j, value] of values.entries())
            expect(Math.abs((back[i]?.[j] ?? 9) - value)).toBeLessThanOrEqual(1 / 1024);
        }
      }),
    );
  });

  it('clip minus infinity to the lowest value instead of wrapping round', () => {
    expect(unpackLogProbs(packLogProbs([[Number.NEGATIVE_INFINITY]]), 1)[0]?.[0]).toBeLessThan(-63);
  });
});
