import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.js';
import {
  type ReportFormat,
  renderers,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderTerminal,
} from '../../src/report/index.js';
import { textWidth } from '../../src/report/terminal/columns.js';
import { balancedTags } from '../support/balanced-tags.js';
import { EXAMPLES, INCONCLUSIVE, REFUTED, UPHELD } from '../support/example-reports.js';
import { ALL_HOSTILE, HOSTILE, hostileReport, unsafeCharacters } from '../support/hostile.js';

const PROSE_FORMATS = ['terminal', 'markdown', 'junit'] as const satisfies readonly ReportFormat[];

describe.each(PROSE_FORMATS)('%s', (format) => {
  it.each(Object.entries(EXAMPLES))('shows every signal of the %s example, run or not', (_, report) => {
    const text = renderers[format](report).replaceAll(/\s+/g, ' ');
    for (const signal of report.signals) {
      expect(text).toContain(signal.id);
      expect(text).toContain({ scored: 'observed', skipped: 'skipped', errored: 'error' }[signal.status]);
      if (signal.status === 'skipped') expect(text).toContain(signal.reason);
      if (signal.status === 'errored') expect(text).toContain(signal.error.code);
    }
  });

  it.each(HOSTILE)('strips what steers a terminal or reorders text from %j', (hostile) => {
    expect(unsafeCharacters(renderers[format](hostileReport(hostile)))).toEqual([]);
  });

  it('keeps the line structure whatever a name holds', () => {
    if (format === 'terminal') return;
    const lines = (text: string) => renderers[format](hostileReport(text)).split('\n').length;
    expect(lines(ALL_HOSTILE)).toBe(lines('plain'));
  });
});

describe('terminal', () => {
  it.each(Object.entries(EXAMPLES))('fits 100 columns: %s', (_, report) => {
    for (const line of renderTerminal(report).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(100);
  });

  it('fits any width it is given, with hostile and wide names', () => {
    for (const text of [ALL_HOSTILE, '模型審査'.repeat(60), 'x'.repeat(500)]) {
      for (const line of renderTerminal(hostileReport(text), { width: 72 }).split('\n')) {
        expect(textWidth(line)).toBeLessThanOrEqual(72);
      }
    }
  });

  it('aligns the claim with its best rival', () => {
    expect(renderTerminal(REFUTED)).toMatch(
      /attention-entropy {2}scored .*2\.96 ± 0\.05 +-58\.31 +-1\.12 distilled/,
    );
  });

  it('gives code and next step of what did not run, and what would decide', () => {
    const text = renderTerminal(INCONCLUSIVE);
    expect(text).toContain('failed RUNTIME_TIMEOUT no answer within 120 s');
    expect(text).toContain('next: Raise --timeout.');
    expect(text).toContain('Would decide\n  - Token log-probabilities');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'enable logprobs. Costs about 24 requests, 300 tokens. - The weight files of the deployed model. What',
    );
  });

  it('gives the e-value and from where on a claim is refuted', () => {
    expect(renderTerminal(REFUTED)).toContain('E-value against the claim 4.8e8, refuted from 1,000 on\n');
    const strict = { ...REFUTED.verdict, falseAccusationRate: 1e-6 };
    expect(renderTerminal({ ...REFUTED, verdict: strict })).toContain('refuted from 1.0e6 on\n');
  });

  it('shows weights, what speaks against the verdict and the strongest of what could deceive', () => {
    const text = renderTerminal(REFUTED);
    expect(text).toContain('  - head-count, 14 nats against: 6 layers');
    expect(text).toContain('Against this verdict\n  - tokenization, 1.2 nats for: Every passage');
    expect(text).toContain('How an honest seller could have come to this evidence\n  - An exporter');
    expect(text).toContain('  - Another numeric format looks like this too.\n  - and 2 more, in the other');
    expect(text).not.toContain('Files swapped');
    expect(renderTerminal(UPHELD)).toContain('How a cheating seller could have produced this evidence');
    expect(renderTerminal(INCONCLUSIVE)).toContain('On the other side\n  - token-stack, 0.9 nats against');
  });

  it('colours only when asked', () => {
    expect(renderTerminal(UPHELD)).not.toContain('\u001b');
    expect(renderTerminal(UPHELD, { color: true })).toContain(
      '\u001b[1m\u001b[32mUpheld\u001b[39m\u001b[22m: candidate',
    );
  });
});

describe('markdown', () => {
  it('explains in full', () => {
    const text = renderMarkdown(REFUTED);
    expect(text).toContain(
      '| E-value against the claim | 4.8e8, refuted from 1,000 on, which at most 0.1 % of genuine deliveries ever reach |',
    );
    expect(text).toContain('- `head-count`, 14 nats against: 6 layers');
    expect(text).toContain('## Against this verdict\n\n- `tokenization`, 1.2 nats for: Every passage');
    expect(text).toMatch(/## How an honest seller could .*\n\n(- .*\n){4}- Files swapped/);
    expect(renderMarkdown(INCONCLUSIVE)).toContain('logprobs. Costs about 24 requests, 300 tokens.\n');
  });

  it.each(HOSTILE)('cannot be made to hold a link, a mention, HTML or another cell by %j', (text) => {
    const lines = renderMarkdown(hostileReport(text)).split('\n');
    const own = /^<\/?details>$|^<summary>(Details|Environment)<\/summary>$/;
    for (const line of lines.filter((item) => !own.test(item))) {
      const shown = line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
      expect(shown).not.toMatch(/<(?!\/?code>|0\.1 %)|[^\\]\]\(|:\/\/|www\.|@[a-z]/i);
      expect(line).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
    }
  });

  it('has the same number of cells in every row of a table', () => {
    const tables = renderMarkdown(hostileReport(ALL_HOSTILE))
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(4);
    for (const block of tables) {
      const widths = block.split('\n').map((line) => line.split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

describe('junit', () => {
  it('fails for refuted, skips for inconclusive, passes for upheld', () => {
    const verdict = (xml: string) => /classname="verdict"[^>]*?(\/>|>\s*<(\w+))/.exec(xml)?.[2];
    expect(verdict(renderJunit(REFUTED))).toBe('failure');
    expect(verdict(renderJunit(INCONCLUSIVE))).toBe('skipped');
    expect(verdict(renderJunit(UPHELD))).toBeUndefined();
  });

  it('explains a refutal, and states the e-value for every outcome', () => {
    const xml = renderJunit(REFUTED);
    expect(xml).toContain('head-count, 14 nats against: 6 layers');
    expect(xml).toContain('Against this verdict: tokenization, 1.2 nats for: Every passage');
    expect(xml).toContain('<property name="e-value" value="476000000"/>');
    expect(renderJunit(INCONCLUSIVE)).toContain('Costs about 24 requests, 300 tokens. The weight files');
    expect(renderJunit(UPHELD)).toContain('<property name="false-accusation-rate" value="0.001"/>');
  });

  it('counts what it lists', () => {
    expect(renderJunit(REFUTED)).toContain('tests="8" failures="2" errors="1" skipped="1"');
    expect(renderJunit(INCONCLUSIVE)).toContain('tests="5" failures="0" errors="1" skipped="3"');
  });

  it('is balanced XML for any text', () => {
    for (const report of [...Object.values(EXAMPLES), ...HOSTILE.map(hostileReport)]) {
      expect(balancedTags(renderJunit(report))).toEqual({ ok: true, at: '' });
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = renderJunit(hostileReport(text));
        expect(balancedTags(xml).ok).toBe(true);
        expect(unsafeCharacters(xml)).toEqual([]);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});

describe('json', () => {
  it('is the canonical form', () => {
    expect(renderJson(REFUTED)).toBe(canonicalJson(REFUTED));
  });
});

describe('a report read back from JSON', () => {
  it.each(Object.entries(EXAMPLES))('renders the same in every format: %s', (_, report) => {
    const again = JSON.parse(renderJson(report));
    for (const render of Object.values(renderers)) expect(render(again)).toBe(render(report));
  });
});
