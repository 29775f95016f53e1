import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttentionLayer, AttentionReading } from '../../src/core/types.js';
import { ATTENTION_STATISTICS, attentionRenderers, renderAttentionTerminal } from '../../src/report/index.js';
import { textWidth } from '../../src/report/terminal/columns.js';
import { balancedTags } from '../support/balanced-tags.js';
import { exampleReading } from '../support/example-reading.js';
import { ALL_HOSTILE, HOSTILE, unsafeCharacters } from '../support/hostile.js';

const SMALL = exampleReading(2, 3, {
  normalizedEntropy: [
    [0, 0.25, 0.5],
    [0.5, 0.75, 1],
  ],
});
const widthOf = (text: string): number =>
  Math.max(...text.split('\n').map((line) => textWidth(stripVTControlCharacters(line))));

const awkward = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e300, -1e300, null as unknown as number),
);
const grid = fc.array(fc.array(awkward, { maxLength: 40 }), { maxLength: 6 });
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...HOSTILE));
const site = fc.record({
  kind: text as fc.Arbitrary<AttentionLayer['kind']>,
  operator: text,
  heads: fc.nat(),
  keyValueHeads: fc.option(fc.nat()),
});
const reading: fc.Arbitrary<AttentionReading> = fc.record({
  schema: fc.constant('attention/1' as const),
  tool: fc.record({ name: text, version: text }),
  candidate: fc.record({ kind: text, label: text }),
  tokens: fc.nat(),
  layers: fc.nat(6),
  headCount: fc.array(fc.nat(), { maxLength: 6 }),
  sites: fc.array(site, { maxLength: 8 }),
  entropyBits: grid,
  normalizedEntropy: grid,
  firstTokenMass: grid,
  meanDistance: grid,
  maxWeight: grid,
  effectiveKeys: grid,
  headSimilarity: grid,
  unmeasured: fc.array(fc.record({ operator: text, count: fc.nat(), reason: text }), { maxLength: 30 }),
  contradictions: fc.array(fc.record({ fact: text, values: fc.dictionary(text, fc.oneof(fc.nat(), text)) }), {
    maxLength: 30,
  }),
  warnings: fc.array(text, { maxLength: 30 }),
});

describe('any reading at all', () => {
  it('becomes terminal text that fits, with nothing in it but what this package paints', () => {
    const depth = fc.constantFrom(1 as const, 8 as const, 24 as const);
    const statistic = fc.constantFrom(...ATTENTION_STATISTICS.map(({ name }) => name));
    fc.assert(
      fc.property(
        reading,
        depth,
        statistic,
        fc.integer({ min: 60, max: 200 }),
        (any, colorDepth, name, width) => {
          const shown = renderAttentionTerminal(any, { colorDepth, statistic: name, width });
          if (colorDepth === 1) expect(unsafeCharacters(shown)).toEqual([]);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: the paint is what is taken away
          expect(unsafeCharacters(shown.replace(/\u001b\[[\d;]+m/g, ''))).toEqual([]);
          expect(widthOf(shown)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('becomes one well-formed page without markup of its own', () => {
    fc.assert(
      fc.property(reading, (any) => {
        const page = attentionRenderers.html(any);
        expect(balancedTags(page)).toEqual({ ok: true, at: '' });
        expect(unsafeCharacters(page)).toEqual([]);
        expect(page).not.toMatch(/<script|<img|<details open|\shref=|NaN|Infinity/i);
      }),
      { numRuns: 40 },
    );
  });
});

describe('on the terminal', () => {
  it('shows every head with its number, a scale and the extremes', () => {
    const shown = renderAttentionTerminal(SMALL);
    expect(shown).toContain('2 self-attention layers with 3 heads, by Softmax');
    expect(shown).toMatch(/layer {2}kind {2}operator {2}heads {2}kv {6}0 {5}1 {5}2 {3}mean\n/);
    expect(shown).toMatch(/ {4}0 {2}self {2}Softmax {7}3 {3}– {2}·0\.00 ░0\.25 ▒0\.50 {3}0\.25\n/);
    expect(shown).toMatch(/ {4}1 {2}self .* {2}▒0\.50 ▓0\.75 █1\.00 {3}0\.75\n/);
    expect(shown).toContain('scale    · 0.00  ░ 0.20  ▒ 0.40  ▓ 0.60  █ 0.80 to 1.00  (ratio)');
    expect(shown).toContain(
      'average  0.5 over 6 heads; lowest 0 (layer 0, head 0), highest 1 (layer 1, head 2)',
    );
  });

  it('shows the statistic it is asked for', () => {
    for (const { name, title, key } of ATTENTION_STATISTICS) {
      const shown = renderAttentionTerminal(SMALL, { statistic: name });
      expect(shown).toContain(`\n${title}: `);
      expect(shown).toContain(SMALL[key][1]?.[2]?.toFixed(2));
    }
  });

  it('colours cells behind their numbers where there is colour', () => {
    const shown = renderAttentionTerminal(SMALL, { colorDepth: 24 });
    expect(shown).toContain('\u001b[38;2;255;255;255;48;2;68;1;84m 0.00 \u001b[39;49m');
    expect(renderAttentionTerminal(SMALL, { colorDepth: 8 })).toContain('\u001b[38;5;16;48;5;220m 1.00 ');
    expect(shown).not.toMatch(/[░▒▓█]/);
  });

  it('shows the same cells with and without colour', () => {
    const picture = (shown: string): string => shown.slice(0, shown.indexOf('scale'));
    const numbers = (shown: string): string[] =>
      picture(stripVTControlCharacters(shown)).match(/\d\.\d\d/g) ?? [];
    const plain = numbers(renderAttentionTerminal(SMALL));
    expect(plain).toHaveLength(8);
    expect(numbers(renderAttentionTerminal(SMALL, { colorDepth: 8 }))).toEqual(plain);
  });

  it.each([60, 80, 100, 160])('fits 96 layers of 128 heads into %i columns, each head in a cell', (width) => {
    const shown = renderAttentionTerminal(exampleReading(96, 128), { width });
    expect(widthOf(shown)).toBeLessThanOrEqual(width);
    const shades = shown.slice(0, shown.indexOf('scale')).match(/[·░▒▓█]/g) ?? [];
    expect(shades).toHaveLength(96 * 128);
  });

  it('averages neighbours when a layer would take too many lines, and says so', () => {
    const shown = renderAttentionTerminal(exampleReading(2, 1000), { width: 80 });
    expect(shown).toMatch(/cells {4}each averages \d+ heads/);
    expect(widthOf(shown)).toBeLessThanOrEqual(80);
  });

  it('tells kinds of layers apart', () => {
    const sites: AttentionLayer[] = [
      { kind: 'encoder', operator: 'Softmax', heads: 3, keyValueHeads: null },
      { kind: 'cross', operator: 'MultiHeadAttention', heads: 3, keyValueHeads: 1 },
    ];
    const shown = renderAttentionTerminal({ ...SMALL, sites });
    expect(shown).toContain('1 encoder-attention layer with 3 heads, by Softmax;');
    expect(shown).toMatch(
      /1\s+cross-attention layer with 3 heads\s+\(1 key\/value head\), by MultiHeadAttention/,
    );
    expect(shown).toMatch(/ {4}1 {2}cross {4}MultiHeadAttention {6}3 {3}1 /);
  });

  it('lists what was not measured, and warnings', () => {
    const shown = renderAttentionTerminal({
      ...SMALL,
      unmeasured: [{ operator: 'LinearAttention', count: 12, reason: 'it has no attention weights' }],
      warnings: ['Two models were found.'],
    });
    expect(shown).toContain('Not measured\n  - 12 × LinearAttention: it has no attention weights\n');
    expect(shown).toContain('Warnings\n  - Two models were found.\n');
  });

  it('says when nothing was measured', () => {
    const shown = renderAttentionTerminal(exampleReading(0, 0));
    expect(shown).toContain('no layer was measured');
    expect(shown).toContain('no values');
  });

  it('leaves out the end of an endless list, and says so', () => {
    const shown = renderAttentionTerminal(
      exampleReading(1000, 2, { warnings: Array.from({ length: 500 }, (_, index) => `w${index}`) }),
    );
    expect(shown).toContain('the first 256 of 1000; --json has all');
    expect(shown).toContain('and 480 more; --json has all');
  });
});

describe('as a page', () => {
  const size = (any: AttentionReading): number => Buffer.byteLength(attentionRenderers.html(any));

  it('is self-contained and the same on every run', () => {
    const page = attentionRenderers.html(SMALL);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|https?:/i);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(attentionRenderers.html(structuredClone(SMALL))).toBe(page);
  });

  it('draws every statistic and names tool, prompt and layers', () => {
    const page = attentionRenderers.html(SMALL);
    for (const { title } of ATTENTION_STATISTICS) expect(page).toContain(`<figcaption>${title}</figcaption>`);
    expect(page).toContain('layer 1, head 1: 0.75 ratio');
    expect(page).toContain('model-assay 0.1.0');
    expect(page).toContain('<dt>Tokens of the prompt</dt><dd>24</dd>');
    expect(page).toContain('<th scope="row">0–1</th><td data-label="kind">self</td>');
  });

  it('names what was not measured', () => {
    const unmeasured = [{ operator: 'Mystery', count: 2, reason: 'no <softmax> was found' }];
    expect(attentionRenderers.html({ ...SMALL, unmeasured })).toContain('no &lt;softmax&gt; was found');
    const contradictions = [{ fact: 'layers', values: { run: 2, config: 4 } }];
    const contradicted = { ...SMALL, contradictions };
    expect(attentionRenderers.html(contradicted)).toContain('layers: 2 by the run, 4 by the config');
    expect(attentionRenderers.terminal(contradicted)).toContain('layers: 2 by the run, 4 by the config');
  });

  it('stays under 300 kB with 128 layers of 128 heads', () => {
    const big = exampleReading(128, 128);
    expect(size(big)).toBeLessThanOrEqual(300_000);
    expect(attentionRenderers.html(big)).toContain('Each cell averages 2 layers by 2 heads.');
  });

  it('stays under 300 kB with endless names and lists', () => {
    const name = ALL_HOSTILE.repeat(10);
    const sites = Array.from({ length: 400 }, (_, index) => ({
      kind: 'self' as const,
      operator: `${index}${name}`,
      heads: index,
      keyValueHeads: index,
    }));
    const flood = exampleReading(400, 64, {
      candidate: { kind: name, label: name },
      sites,
      unmeasured: sites.map(({ operator, heads }) => ({ operator, count: heads, reason: name })),
      warnings: sites.map(({ operator }) => operator),
    });
    expect(size(flood)).toBeLessThanOrEqual(300_000);
    expect(attentionRenderers.html(flood)).toMatch(/more rows are in the JSON document/);
  });
});

describe('as JSON', () => {
  const schema = readFileSync(new URL('../../schemas/attention-1.json', import.meta.url), 'utf8');
  const valid = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(
    JSON.parse(schema),
  );
  const parsed = (any: AttentionReading): object => JSON.parse(attentionRenderers.json(any)) as object;

  it.each([
    ['a reading', SMALL],
    ['numbers that are not finite', { ...SMALL, entropyBits: [[Number.NaN]] }],
    ['no layers', exampleReading(0, 0)],
  ])('accepts %s', (_, any) => {
    valid(parsed(any));
    expect(valid.errors).toBeNull();
  });

  it('accepts additions', () => {
    expect(valid({ ...parsed(SMALL), later: 1 })).toBe(true);
  });

  it.each<[string, object]>([
    ['another schema', { schema: 'attention/2' }],
    ['a grid that is not a matrix', { entropyBits: [1, 2] }],
    ['a missing grid', { headSimilarity: undefined }],
    ['an unknown kind of layer', { sites: [{ ...SMALL.sites[0], kind: 'sideways' }] }],
    ['a layer without a count', { unmeasured: [{ operator: 'x', reason: 'y' }] }],
  ])('rejects %s', (_, change) => {
    expect(valid(parsed({ ...SMALL, ...change } as AttentionReading))).toBe(false);
  });
});
