import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/types.js';
import { renderJson, renderPrometheus } from '../../src/report/index.js';
import { EXAMPLES, INCONCLUSIVE, REFUTED, UPHELD } from '../support/example-reports.js';
import { ALL_HOSTILE, HOSTILE, hostileReport, unsafeCharacters } from '../support/hostile.js';

const SAMPLE =
  /^(\w+)\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*")(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*)\} (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/u;

/** Series and values, after a check of the exposition format. */
function samples(report: Report): ReadonlyMap<string, number> {
  const text = renderPrometheus(report);
  expect(text.endsWith('\n')).toBe(true);
  expect(unsafeCharacters(text)).toEqual([]);
  const found = new Map<string, number>();
  const families: string[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const [, help] = /^# HELP (model_assay_\w+) [^\\]+$/.exec(line) ?? [];
    if (help !== undefined) families.push(help);
    if (line.startsWith('#')) {
      if (help === undefined) expect(line).toBe(`# TYPE ${families.at(-1)} gauge`);
      continue;
    }
    const [, name, labels, value] = SAMPLE.exec(line) ?? [];
    expect(name, line).toBe(families.at(-1));
    expect(labels?.startsWith('candidate="')).toBe(true);
    expect(found.has(`${name}{${labels}}`), `repeated: ${line}`).toBe(false);
    found.set(`${name}{${labels}}`, Number(value));
  }
  expect(new Set(families).size).toBe(families.length);
  return found;
}

const GPT2 = 'candidate="acme/gpt2-premium-onnx",profile="gpt2",claim="full"';

describe('prometheus', () => {
  it('gives every outcome, one of them 1', () => {
    const outcomes = (report: Report) =>
      [...samples(report)].filter(([id]) => id.startsWith('model_assay_verdict{')).map(([, value]) => value);
    expect(outcomes(INCONCLUSIVE)).toEqual([1, 0, 0]);
    expect(outcomes(REFUTED)).toEqual([0, 1, 0]);
    expect(outcomes(UPHELD)).toEqual([0, 0, 1]);
    expect(renderPrometheus(REFUTED)).toContain(
      [
        '# HELP model_assay_verdict The outcome of the claim is 1, the other outcomes are 0.',
        '# TYPE model_assay_verdict gauge',
        `model_assay_verdict{${GPT2},outcome="inconclusive"} 0`,
        `model_assay_verdict{${GPT2},outcome="refuted"} 1`,
        `model_assay_verdict{${GPT2},outcome="upheld"} 0\n`,
      ].join('\n'),
    );
  });

  it('gives posterior, confidence, likelihoods, failed probes and clauses', () => {
    const found = samples(REFUTED);
    const value = (name: string, labels = '') => found.get(`model_assay_${name}{${GPT2}${labels}}`);
    expect(value('posterior', ',version="full"')).toBe(2.1e-9);
    expect(value('confidence')).toBe(0.99987);
    expect([value('e_value'), value('false_accusation_rate')]).toEqual([4.76e8, 0.001]);
    expect(value('signal_log_likelihood', ',signal="head-count",version="other"')).toBe(-3.9);
    expect(value('probe_failed', ',probe="generation",code="RUNTIME_TIMEOUT"')).toBe(1);
    expect(value('clause_passed', ',clause="layers"')).toBe(0);
    expect(value('clause_passed', ',clause="weight-bits"')).toBe(1);
  });

  it('leaves out what is not finite, what merely was unavailable, and empty families', () => {
    const text = renderPrometheus(REFUTED);
    expect(text).not.toContain('signal="head-count",version="full"');
    const endless = { ...REFUTED.verdict, eValue: Number.POSITIVE_INFINITY };
    expect(renderPrometheus({ ...REFUTED, verdict: endless })).not.toContain('e_value');
    expect(text).not.toMatch(/NaN|Inf|null|probe="chat-template"/);
    expect(renderPrometheus(UPHELD)).not.toContain('probe_failed');
  });

  it('escapes labels', () => {
    const label = 'a\\b"c\nd';
    const text = renderPrometheus({ ...UPHELD, candidate: { ...UPHELD.candidate, label } });
    expect(text).toContain('{candidate="a\\\\b\\"c d",profile=');
  });

  it('merges clauses that read alike into a failed one', () => {
    const clause = { id: 'layers', expected: '1', observed: '1', passed: true };
    const clauses = [clause, { ...clause, id: 'lay\u200bers', passed: false }, clause];
    const found = [...samples({ ...UPHELD, clauses })].filter(([id]) => id.includes('clause='));
    expect(found.map(([, value]) => value)).toEqual([0]);
  });

  it.each([...HOSTILE, ALL_HOSTILE, ''])('keeps the format with %j', (hostile) => {
    expect(samples(hostileReport(hostile)).size).toBe(3 + 2 + 1 + 2 + 3 + 1 + 1);
  });

  it('keeps the format with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        samples(hostileReport(text));
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it.each(Object.entries(EXAMPLES))('repeats itself: %s', (_, report) => {
    expect(renderPrometheus(report)).toBe(renderPrometheus(JSON.parse(renderJson(report))));
  });
});
