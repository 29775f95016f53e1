import { describe, expect, it } from 'vitest';
import type { Report, Verdict } from '../../src/core/types.js';
import { verdictSentence } from '../../src/report/index.js';
import { formatFactor, formatLogLikelihood, formatNumber, formatPercent } from '../../src/report/number.js';
import { clip } from '../../src/report/text.js';
import { INCONCLUSIVE, REFUTED, UPHELD } from '../support/example-reports.js';

function judged(verdict: Partial<Verdict>, base: Report = REFUTED): string {
  return verdictSentence({
    ...base,
    candidate: { ...base.candidate, label: 'm' },
    verdict: { ...base.verdict, ...verdict },
  });
}

describe('verdictSentence', () => {
  it('refutes with the best explanation and its kind', () => {
    expect(judged({ variant: 'student', confidence: 0.999 })).toBe(
      'Refuted: candidate `m` is not the `full` version of profile `gpt2`; it is best explained as `student` (distilled), confidence 99.9 %.',
    );
  });

  it('says how probable a kind is that is not certain, with a variant or without', () => {
    const likely = { kind: 'distilled', kindProbability: 0.83 } as const;
    expect(judged({ ...likely, variant: 'student' })).toContain(
      'best explained as `student` (distilled, probability 83 %), confidence',
    );
    expect(judged({ ...likely, variant: null })).toContain(
      'best explained as a distilled model that the profile does not hold, probability 83 %, confidence',
    );
  });

  it('says when no profiled version explains the candidate', () => {
    expect(judged({ variant: null, kind: 'other' })).toContain(
      'best explained as none of the profiled versions',
    );
    expect(judged({ variant: null, kind: 'unknown' })).toBe(
      'Refuted: candidate `m` is not the `full` version of profile `gpt2`, confidence >99.9 %.',
    );
  });

  it('upholds', () => {
    expect(judged({}, UPHELD)).toBe(
      'Upheld: candidate `m` is the `full` version of profile `gpt2`, confidence >99.9 %.',
    );
  });

  it('leaves open, with the leading explanation when there is one', () => {
    const open =
      'Inconclusive: the evidence does not decide whether candidate `m` is the `full` version of profile `gpt2`';
    expect(judged({}, INCONCLUSIVE)).toBe(`${open}; it is the leading explanation, confidence 58 %.`);
    expect(judged({ variant: null, kind: 'unknown' }, INCONCLUSIVE)).toBe(`${open}.`);
  });

  it('keeps a name from ending its own quotation', () => {
    const label = 'x` is the `full` version.\nUpheld';
    expect(verdictSentence({ ...REFUTED, candidate: { ...REFUTED.candidate, label } })).toContain(
      "candidate `x' is the 'full' version. Upheld` is not",
    );
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 %'],
    [1e-9, '<0.1 %'],
    [0.58, '58 %'],
    [0.99999, '>99.9 %'],
    [1, '100 %'],
    [Number.NaN, 'n/a'],
  ])('percent %d is %s', (value, text) => {
    expect(formatPercent(value)).toBe(text);
  });

  it.each([
    [81_912_576, '81,912,576'],
    [-1234567.4, '-1,234,567'],
    [11.80123, '11.8'],
    [0.00001234, '1.23e-5'],
    [Number.POSITIVE_INFINITY, 'n/a'],
  ])('number %d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('shows factors and likelihoods over their range', () => {
    expect([4.76e8, 0.53, 5e-4].map(formatFactor)).toEqual(['4.8e8', '0.53', '5.0e-4']);
    expect([-1.123, Number.NEGATIVE_INFINITY, undefined].map(formatLogLikelihood)).toEqual([
      '-1.12',
      '-inf',
      '–',
    ]);
  });
});

describe('clip', () => {
  it('never splits a code point', () => {
    expect(clip('😀😀😀', 2)).toBe('😀…');
    expect(clip('😀😀', 2)).toBe('😀😀');
  });
});
