import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/types.js';
import { renderHtml } from '../../src/report/index.js';
import { balancedTags } from '../support/balanced-tags.js';
import { EXAMPLES, gaps, INCONCLUSIVE, REFUTED, waves } from '../support/example-reports.js';
import { ALL_HOSTILE, HOSTILE, hostileReport, unsafeCharacters } from '../support/hostile.js';

function withDetails(details: readonly unknown[]): Report {
  return { ...REFUTED, signals: [{ ...REFUTED.signals[0], details }] } as Report;
}

describe.each(Object.entries(EXAMPLES))('html report: %s', (_, report) => {
  const page = renderHtml(report);

  it('is one well-formed page without scripts or resources', () => {
    expect(balancedTags(page)).toEqual({ ok: true, at: '' });
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|https?:/i);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  });

  it('shows every signal with its status and, where it was not scored, the reason', () => {
    for (const signal of report.signals) {
      expect(page).toContain(signal.id);
      expect(page).toContain(`>${signal.status}<`);
      if (signal.status === 'skipped') expect(page).toContain(signal.reason);
      if (signal.status === 'errored') expect(page).toContain(signal.error.message);
    }
  });

  it('is the same on every run', () => {
    expect(renderHtml(structuredClone(report))).toBe(page);
  });
});

describe('html report', () => {
  it('puts the outcome into the first heading', () => {
    const heading = /<h1>(.*?)<\/h1>/s.exec(renderHtml(REFUTED))?.[1]?.replace(/<[^>]*>/g, '');
    expect(heading).toBe(
      'Refuted: candidate acme/gpt2-premium-onnx is not the full version of profile gpt2; it is best explained as distilled, confidence &gt;99.9 %.',
    );
  });

  it('names what failed to run, with code and next step, and what would decide', () => {
    const page = renderHtml(INCONCLUSIVE);
    expect(page).toContain('RUNTIME_TIMEOUT');
    expect(page).toContain('Next: Raise --timeout.');
    expect(page).toContain('the candidate offers no weights');
    expect(page).toContain('The weight files of the deployed model.');
  });

  it('shows weights, the other side, costs and every way to be deceived', () => {
    const page = renderHtml(REFUTED);
    expect(page).toContain(
      '<dt>E-value against the claim</dt><dd>4.8e8 <small>refuted from 1,000 on, which at most 0.1 % of genuine deliveries ever reach</small></dd>',
    );
    expect(page).toContain('<code>head-count</code> <small>14 nats against</small>');
    expect(page).toMatch(/<h3>Against this verdict<\/h3><ul class="reasons"><li>Every passage is cut/);
    expect(page).toMatch(
      /<h3>How an honest seller could have come to this evidence<\/h3><ul>(<li>.*?<\/li>){5}<\/ul>/,
    );
    expect(renderHtml(INCONCLUSIVE)).toContain(
      'enable logprobs. <small>costs about 24 requests, 300 tokens</small></li>',
    );
  });

  it.each(HOSTILE)('shows %j as text only', (text) => {
    const page = renderHtml(hostileReport(text));
    expect(balancedTags(page)).toEqual({ ok: true, at: '' });
    expect(page).not.toMatch(/<script|<img|<details open|\shref="(?!#signal-\d+")/i);
    expect(unsafeCharacters(page)).toEqual([]);
  });

  it('keeps any text inside the element it belongs to', () => {
    const tags = (text: string) => renderHtml(hostileReport(text)).match(/<\/?[a-z0-9]+/g)?.length;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const page = renderHtml(hostileReport(`x${text}`));
        expect(balancedTags(page)).toEqual({ ok: true, at: '' });
        expect(unsafeCharacters(page)).toEqual([]);
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(tags(ALL_HOSTILE)).toBe(tags('plain'));
  });

  it('has no raw path for an object that imitates markup', () => {
    const fake = { toString: () => '<b>x</b>', 'Symbol(markup)': '<b>x</b>' };
    const page = renderHtml({ ...REFUTED, warnings: [fake as unknown as string] });
    expect(page).not.toContain('<b>x</b>');
  });

  it('draws a small heatmap with a title per cell, axes, a scale and every value', () => {
    const page = renderHtml(
      withDetails([{ type: 'heatmap', label: 'Map', unit: 'bits', rows: [[1, 2.5], [3]] }]),
    );
    expect(page).toContain('layer 0, head 1: 2.5 bits');
    expect(page).toMatch(/>head<\/text>.*>layer<\/text>/);
    expect(page).toContain('<span>1</span><span class="ramp"');
    expect(page).toContain('<td>2.5</td>');
  });

  it('marks values that are not finite instead of drawing them', () => {
    const rows = [
      [1, Number.NaN],
      [null as unknown as number, 2],
    ];
    const page = renderHtml(withDetails([{ type: 'heatmap', label: 'Map', unit: 'bits', rows }]));
    expect(page.match(/class="hn"/g)).toHaveLength(2);
    expect(page).not.toContain('NaN');
  });

  it.each([{ rows: [] }, { rows: [[]] }, { rows: [[Number.NaN]] }])(
    'says when a heatmap is empty: %j',
    ({ rows }) => {
      expect(renderHtml(withDetails([{ type: 'heatmap', label: 'Map', unit: 'bits', rows }]))).toContain(
        'no values',
      );
    },
  );

  it.each([{ values: [] }, { values: [5] }, { values: [5, 5, 5] }, { values: [0, 1e9] }])(
    'draws a histogram of $values',
    ({ values }) => {
      const page = renderHtml(withDetails([{ type: 'samples', label: 'Times', unit: 'ms', values }]));
      expect(page).not.toMatch(/NaN|Infinity/);
      expect(balancedTags(page)).toEqual({ ok: true, at: '' });
    },
  );
});

describe('html size', () => {
  const map = (label: string, shift: number) => ({
    type: 'heatmap',
    label,
    unit: 'bits',
    rows: waves(128, 128, shift),
  });
  const size = (report: Report) => Buffer.byteLength(renderHtml(report));

  it('stays under 300 kB with 128 layers of 128 heads, all of them drawn', () => {
    const page = renderHtml(withDetails([map('a', 0)]));
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(300_000);
    expect(page).not.toContain('Each cell averages');
  });

  it('averages neighbours when several such maps would not fit, and says so', () => {
    const page = renderHtml(withDetails([map('a', 0), map('b', 1), map('c', 2), map('d', 3)]));
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(300_000);
    expect(page).toContain('Each cell averages 2 layers by 2 heads.');
  });

  it('stays under 300 kB when lists and strings are endless, and says what it left out', () => {
    const long = '"<'.repeat(50_000);
    const many = Array.from({ length: 5_000 }, (_, index) => `${index} ${long.slice(0, 200)}`);
    const hostile = hostileReport(long);
    const flood = {
      ...hostile,
      verdict: {
        ...hostile.verdict,
        against: many.map((sentence) => ({ signal: long, sentence })),
        wouldDecide: many.map((sentence) => ({ sentence })),
        evasions: many,
      },
      warnings: many,
      environment: Object.fromEntries(many.map((k) => [k, k])),
    };
    const page = renderHtml(flood);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(300_000);
    for (const list of ['warnings', 'evidence against the verdict', 'how the evidence could deceive'])
      expect(page).toMatch(new RegExp(`This page shows \\d+ of 5000 entries under &quot;${list}&quot;`));
  });

  it('does not grow with the number of samples', () => {
    const samples = (count: number) =>
      withDetails([{ type: 'samples', label: 's', unit: 'ms', values: gaps(count, 9) }]);
    expect(size(samples(200_000))).toBeLessThan(size(samples(200)) + 8_000);
  });
});
