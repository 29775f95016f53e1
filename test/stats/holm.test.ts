import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '../../src/stats/holm.js';
import { golden, near } from './lineage-golden.js';

describe('holm', () => {
  it.each(golden.holm)('adjusts %o', ({ ps, adjusted }) => {
    const found = holm(ps.map(Math.log)).map(Math.exp);
    for (const [i, p] of found.entries()) expect(near(p, adjusted[i] ?? Number.NaN, 1e-14)).toBe(true);
  });

  it('never lowers a p-value, raises none above 1 and keeps their order', () => {
    const logs = fc.array(fc.double({ min: -800, max: 0, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(logs, (logPs) => {
        const found = holm(logPs);
        return found.every(
          (log, i) =>
            log >= (logPs[i] ?? 0) &&
            log <= 0 &&
            found.every((other, j) => (logPs[i] ?? 0) >= (logPs[j] ?? 0) || log <= other),
        );
      }),
    );
  });
});
