import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearson } from '../../src/stats/clopper-pearson.js';

const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden/verdict.json', import.meta.url), 'utf8'),
);
const metric = (file: string) => import(new URL(`../../bench/verdict/lib/${file}`, import.meta.url).href);
const { wilson } = await metric('wilson.mjs');
const { auc } = await metric('auc.mjs');
const { cohensD } = await metric('cohens-d.mjs');
const { calibrationError, reliability } = await metric('calibration-error.mjs');
const { fitLogistic, probability, standardizer } = await metric('logistic-regression.mjs');

interface Interval {
  readonly successes: number;
  readonly trials: number;
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

// Python 3.11, numpy 1.24, scipy 1.10: exact versions are in the golden file.
describe('metrics of the verdict bench equal those of scipy and numpy', () => {
  it.each<Interval>(golden.wilson)(
    'Wilson, $successes of $trials',
    ({ successes, trials, level, low, high }) => {
      const found = wilson(successes, trials, level);
      expect(found.low).toBeCloseTo(low, 10);
      expect(found.high).toBeCloseTo(high, 10);
    },
  );

  it.each<Interval>(golden.exact)(
    'Clopper–Pearson, $successes of $trials',
    ({ successes, trials, level, high }) => {
      expect(clopperPearson(successes, trials, level).high).toBeCloseTo(high, 10);
    },
  );

  it.each<{ low: number[]; high: number[]; auc: number; d: number }>(golden.compared)(
    'AUC $auc and Cohen’s d $d',
    ({ low, high, auc: area, d }) => {
      expect(auc(low, high)).toBeCloseTo(area, 12);
      expect(cohensD(low, high)).toBeCloseTo(d, 12);
    },
  );

  it.each<{ confidence: number[]; right: boolean[]; ends: number[]; ece: number }>(golden.calibration)(
    'calibration error $ece',
    ({ confidence, right, ends, ece }) => {
      const answers = confidence.map((stated, i) => ({ confidence: stated, right: right[i] }));
      expect(calibrationError(answers, ends)).toBeCloseTo(ece, 12);
    },
  );

  it.each<{ features: number[][]; labels: boolean[]; ridge: number; weights: number[] }>(golden.logistic)(
    'logistic regression with ridge $ridge',
    ({ features, labels, ridge, weights }) => {
      const found: number[] = fitLogistic(features, labels, { ridge });
      expect(found).toHaveLength(weights.length);
      for (const [i, weight] of found.entries()) expect(weight).toBeCloseTo(weights[i] ?? Number.NaN, 5);
    },
  );
});

describe('metrics at their limits', () => {
  it('is no worse than chance and no better than certain', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (low, high) => {
        const area = auc(low, high);
        expect(area + auc(high, low)).toBeCloseTo(1, 10);
        expect(area).toBeGreaterThanOrEqual(0);
        expect(area).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('counts every answer in one bin', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1 }), { minLength: 1 }), (stated) => {
        const bins = reliability(stated.map((confidence) => ({ confidence, right: true })));
        expect(bins.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(
          stated.length,
        );
      }),
    );
  });

  it('has no effect size where one side is a single value, and an infinite one where neither side varies', () => {
    expect(cohensD([1], [2, 3])).toBeNaN();
    expect(cohensD([1, 1], [2, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(cohensD([2, 2], [2, 2])).toBe(0);
  });

  it('learns classes that a line parts, and leaves a column that never varies alone', () => {
    const rows = [
      [-2, 7],
      [-1, 7],
      [1, 7],
      [2, 7],
    ];
    const standard = standardizer(rows);
    const weights = fitLogistic(rows.map(standard), [false, false, true, true]);
    expect(rows.map((row) => probability(weights, standard(row)) > 0.5)).toEqual([false, false, true, true]);
    expect(standard([0, 7])[1]).toBe(0);
  });
});
