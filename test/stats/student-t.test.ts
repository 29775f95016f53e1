import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { studentTLogPdf } from '../../src/stats/student-t.js';
import { agrees, golden } from './golden.js';

const degrees = fc.double({ min: 0.1, max: 1e6, noNaN: true });
const point = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('studentTLogPdf', () => {
  it.each(golden.studentTLogPdf)('agrees with $from at x = $x, df = $df, scale = $scale', (row) => {
    expect(agrees(studentTLogPdf(row.x, row), row.value, row.from === 'mpmath' ? 1e-13 : 1e-12)).toBe(true);
  });

  it.each([
    ['df', { df: 0, location: 0, scale: 1 }],
    ['df', { df: Number.POSITIVE_INFINITY, location: 0, scale: 1 }],
    ['scale', { df: 3, location: 0, scale: 0 }],
    ['scale', { df: 3, location: 0, scale: Number.NaN }],
    ['location', { df: 3, location: Number.NaN, scale: 1 }],
  ])('refuses an impossible %s', (_, parameters) => {
    const thrown = expect(() => studentTLogPdf(0, parameters));
    thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
  });

  it('passes NaN through and gives minus infinity at infinity', () => {
    const standard = { df: 3, location: 0, scale: 1 };
    expect(studentTLogPdf(Number.NaN, standard)).toBeNaN();
    expect(studentTLogPdf(Number.POSITIVE_INFINITY, standard)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is symmetric about its location', () => {
    fc.assert(
      fc.property(degrees, point, (df, x) => {
        const standard = { df, location: 0, scale: 1 };
        return studentTLogPdf(x, standard) === studentTLogPdf(-x, standard);
      }),
    );
  });

  it('falls with the distance from its location', () => {
    fc.assert(
      fc.property(degrees, point, point, (df, a, b) => {
        const standard = { df, location: 0, scale: 1 };
        const [near, far] = Math.abs(a) < Math.abs(b) ? [a, b] : [b, a];
        const slack = 1e-12 * Math.abs(studentTLogPdf(far, standard));
        return studentTLogPdf(near, standard) >= studentTLogPdf(far, standard) - slack;
      }),
    );
  });

  it('integrates to one', () => {
    const parameters = { df: 4, location: 0.3, scale: 0.7 };
    const step = 0.01;
    let mass = 0;
    for (let x = -200; x <= 200; x += step) mass += Math.exp(studentTLogPdf(x, parameters)) * step;
    expect(mass).toBeCloseTo(1, 6);
  });
});
