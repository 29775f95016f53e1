import { readdirSync, readFileSync } from 'node:fs';
import type { AttentionStatistics } from 'model-assay';
import { afterAll, describe, expect, it } from 'vitest';
import { assemble, scratch } from '../support/exports.js';
import { distance } from '../support/measure.js';
import { FIXTURES } from '../support/onnx.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';
import { SharedRuntime } from '../support/shared-runtime.js';

interface Unmeasured {
  readonly operator: string;
  readonly count: number;
}
/** What a case of fixtures/attention is there to show; see scripts/fixtures/attention.py. */
type Purpose =
  | { readonly golden: string; readonly toleranceBits: number; readonly unmeasured?: readonly Unmeasured[] }
  | { readonly skipped: string | null; readonly why: string };

const GRIDS = [
  'entropyBits',
  'normalizedEntropy',
  'firstTokenMass',
  'meanDistance',
  'maxWeight',
  'effectiveKeys',
  'headSimilarity',
] as const;
/** Numbers of scripts/golden/attention.py: float64, an interpreter of its own. */
interface Golden extends Readonly<Record<(typeof GRIDS)[number], readonly number[][]>> {
  readonly ids: readonly number[];
  readonly sites: AttentionStatistics['sites'];
}

const EXACT = 1e-4;
/** Tolerances of an export that computes in float32; one in fewer bits gets `toleranceBits` for all of them. */
const tolerances = (bits: number, tokens: number): Record<(typeof GRIDS)[number], number> => ({
  entropyBits: bits,
  normalizedEntropy: bits,
  firstTokenMass: bits,
  maxWeight: bits,
  meanDistance: bits * tokens,
  effectiveKeys: bits * tokens,
  headSimilarity: bits > EXACT ? bits : 1e-3,
});

const read = (path: string): unknown => JSON.parse(readFileSync(`${FIXTURES}${path}`, 'utf8'));
const folder = scratch();
const runtime = new SharedRuntime();
afterAll(() => runtime.close());
const measured = (path: string, ids: readonly number[]): Promise<AttentionStatistics> =>
  runtime.ask(path, ({ attention }) => attention.measure(ids));
const cases = readdirSync(`${FIXTURES}attention`).map(
  (name) => [name, (read(`attention/${name}/case.json`) as { attention: Purpose }).attention] as const,
);

function expectGolden(seen: AttentionStatistics, expected: Golden, bits: number): void {
  expect(seen.entropyBits.map((layer) => layer.length)).toEqual(expected.sites.map(({ heads }) => heads));
  for (const [i, { keyValueHeads, ...site }] of expected.sites.entries()) {
    expect(seen.sites[i]).toMatchObject(site);
    // A graph may not show them apart, but it must not show others than the model has.
    if (keyValueHeads !== null) expect([null, keyValueHeads]).toContain(seen.sites[i]?.keyValueHeads);
  }
  expect(seen.tokens).toBe(expected.ids.length);
  const allowed = tolerances(bits, expected.ids.length);
  for (const grid of GRIDS)
    for (const [layer, row] of expected[grid].entries()) {
      const off = distance(seen[grid][layer] ?? [], row);
      expect(off, `${grid} of layer ${layer}`).toBeLessThanOrEqual(allowed[grid]);
    }
}

describe('attention computed inside the graph', () => {
  it.each(cases.filter(([, purpose]) => 'golden' in purpose))('%s: as in float64', async (name, purpose) => {
    if (!('golden' in purpose)) return;
    const expected = read(`golden/attention/${purpose.golden}`) as Golden;
    const seen = await measured(assemble(name, folder, 'attention'), expected.ids);
    expectGolden(seen, expected, purpose.toleranceBits);
    expect(seen.sites.every(({ latent = false }) => latent === (name === 'latent'))).toBe(true);
    expect(seen.unmeasured.map(({ operator, count }) => ({ operator, count }))).toEqual(
      purpose.unmeasured ?? [],
    );
  });

  it.each(cases.filter(([, purpose]) => 'skipped' in purpose))('%s: skipped', async (name, purpose) => {
    if (!('skipped' in purpose)) return;
    const ids = Array.from({ length: 16 }, (_, i) => i + 10);
    await expect(measured(assemble(name, folder, 'attention'), ids)).rejects.toMatchObject({
      name: 'AssayError',
      code: 'MODEL_OUTPUT_MISSING',
      message: expect.stringContaining(purpose.skipped ?? ''),
    });
  });
});

describe.skipIf(sharedData === undefined)(`attention of a model of others${whySkipped}`, () => {
  it('measures packed fused attention of a GPT-2 that Microsoft exported', async () => {
    const expected = read('golden/attention/genai-tiny-random-gpt2-fp32.json') as Golden;
    const seen = await measured(shared('models/genai-tiny-random-gpt2-fp32'), expected.ids);
    expectGolden(seen, expected, EXACT);
  });
});
