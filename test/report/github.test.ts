import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/types.js';
import { renderGithub, renderJson, verdictSentence } from '../../src/report/index.js';
import { EXAMPLES, INCONCLUSIVE, REFUTED, UPHELD } from '../support/example-reports.js';
import { ALL_HOSTILE, HOSTILE, hostileReport, unsafeCharacters } from '../support/hostile.js';

interface Command {
  readonly level: string;
  readonly title: string;
  readonly message: string;
}

const decode = (text: string) =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');

/** Reads a line as the runner does: the first `::` after the properties ends them, a comma parts them. */
function parse(line: string): Command {
  const [, level, properties, message] = /^::(error|warning|notice) (.*?)::(.*)$/u.exec(line) ?? [];
  if (level === undefined || properties === undefined || message === undefined) {
    throw new Error(`not a workflow command: ${JSON.stringify(line)}`);
  }
  expect(properties.split(',')).toHaveLength(1);
  expect(properties).toMatch(/^title=[^:]*$/);
  expect(`${properties}${message}`).not.toMatch(/%(?!25|0A|0D|3A|2C)/);
  return { level, title: decode(properties.slice('title='.length)), message: decode(message) };
}

function commands(report: Report): readonly Command[] {
  const text = renderGithub(report);
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n').map(parse);
}

describe('github', () => {
  it('says the verdict first, then failed clauses, failed probes and errored signals', () => {
    expect(commands(REFUTED).map(({ level, title }) => [level, title])).toEqual([
      ['error', 'Refuted: full of gpt2'],
      ['error', 'clause layers failed'],
      ['warning', 'probe generation failed'],
      ['warning', 'signal repetition errored'],
    ]);
    const [verdict, clause, probe] = commands(REFUTED);
    expect(verdict?.message.startsWith(verdictSentence(REFUTED))).toBe(true);
    expect(verdict?.message).toContain('E-value against the claim 4.8e8, refuted from 1,000 on.');
    expect(verdict?.message).toContain('head-count, 14 nats against: 6 layers were found');
    expect(verdict?.message).toContain('Against this verdict: tokenization, 1.2 nats for: Every passage');
    expect(verdict?.message).toContain('Signals: 3 scored · 1 skipped · 1 errored.');
    expect(clause?.message).toBe('expected 12, observed 6');
    expect(probe?.message).toContain('RUNTIME_TIMEOUT: prompt 7 of 8');
    expect(probe?.message).toContain('; next: Raise --timeout');
  });

  it('warns when the verdict is open and only notes an upheld one', () => {
    expect(commands(INCONCLUSIVE)[0]).toMatchObject({
      level: 'warning',
      title: 'Inconclusive: full of gpt2',
    });
    expect(commands(INCONCLUSIVE)[0]?.message).toContain(
      'Would decide: Token log-probabilities: ask the provider to enable logprobs. Costs about 24 requests, 300 tokens. The weight files of the deployed model. Signals:',
    );
    expect(commands(UPHELD)).toMatchObject([{ level: 'notice', title: 'Upheld: full of gpt2' }]);
  });

  it('keeps to the strongest reasons', () => {
    const reasons = Array.from({ length: 9 }, (_, index) => ({ signal: `s${index}`, sentence: 'x.' }));
    const [verdict] = commands({ ...REFUTED, verdict: { ...REFUTED.verdict, reasons, against: reasons } });
    expect(verdict?.message.match(/s\d: /g)).toEqual(['s0: ', 's1: ', 's2: ', 's3: ', 's0: ', 's1: ']);
  });

  it('encodes what ends a property or a line', () => {
    const line = renderGithub({ ...UPHELD, claim: { profile: 'a::error,b', variant: '100%\r\n::error::x' } });
    expect(line).toContain(
      '::notice title=Upheld%3A 100%25 %3A%3Aerror%3A%3Ax of a%3A%3Aerror%2Cb::Upheld: ',
    );
    expect(line.split('\n')).toHaveLength(2);
  });

  it.each([...HOSTILE, ALL_HOSTILE, '', '\n::stop-commands::x\n', '%0A::error::x'])(
    'stays one command a line with %j',
    (hostile) => {
      const lines = commands(hostileReport(hostile));
      expect(lines.map(({ level }) => level)).toEqual(['error', 'error', 'warning', 'warning']);
      for (const { title, message } of lines) {
        expect(`${title}${message}`).not.toMatch(/[\r\n]/);
        expect(unsafeCharacters(`${title}${message}`)).toEqual([]);
      }
    },
  );

  it('stays one command a line with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(commands(hostileReport(text))).toHaveLength(4);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it.each(Object.entries(EXAMPLES))('repeats itself: %s', (_, report) => {
    expect(renderGithub(report)).toBe(renderGithub(JSON.parse(renderJson(report))));
  });
});
