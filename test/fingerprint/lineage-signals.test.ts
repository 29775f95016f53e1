import { describe, expect, it } from 'vitest';
import { impliedCopies } from '../../src/core/implied.js';
import type { Measured, SignalInput, Skipped, VariantView, VersionKind } from '../../src/core/types.js';
import { collectLineage } from '../../src/fingerprint/lineage/collect.js';
import lineage from '../../src/fingerprint/signals/lineage.js';
import sibling from '../../src/fingerprint/signals/sibling.js';
import weightCopy from '../../src/fingerprint/signals/weight-copy.js';
import {
  mixed,
  narrowed,
  neuronsMoved,
  pruned,
  rotated,
  rounded,
  tuned,
  without,
} from '../support/model-moves.js';
import { type SyntheticModel, syntheticModel, weightsOf } from '../support/synthetic-model.js';

async function variant(id: string, kind: VersionKind, model: SyntheticModel | null): Promise<VariantView> {
  const data =
    model === null ? [] : [{ artifact: id, data: { lineage: await collectLineage(weightsOf(model)) } }];
  return { id, kind, facts: {}, digests: [], runs: data };
}

async function input(
  candidate: SyntheticModel,
  variants: readonly VariantView[],
  strangers: readonly VariantView[] = [],
): Promise<SignalInput> {
  return { candidate: { lineage: await collectLineage(weightsOf(candidate)) }, variants, strangers };
}

/** Ids of the hypotheses that lose least. */
function favoured(result: Measured | Skipped): string[] {
  if (result.status !== 'scored') throw new Error(result.reason);
  const best = Math.max(...Object.values(result.logLikelihood));
  return Object.entries(result.logLikelihood)
    .filter(([, log]) => log === best)
    .map(([id]) => id)
    .sort();
}

const base = syntheticModel(1);
const full = await variant('full', 'full', base);
const implied = impliedCopies(full);
const hypotheses = [full, ...implied];

describe('weight-copy', () => {
  it.each([
    // Places that were not sampled may hold anything.
    ['an exact copy', base, ['full', 'other/altered full']],
    ['a 4-bit copy', rounded(base, 4), ['other/quantized full']],
    ['an 8-bit copy', rounded(base, 8), ['other/quantized full']],
    ['a copy with 2 % of the weights zeroed', pruned(base, 0.02), ['other/pruned full']],
    ['a copy with 60 % of the weights zeroed', pruned(base, 0.6), ['other/pruned full']],
    ['a zeroed copy that was tuned before', pruned(tuned(base, 0.03), 0.4), ['other/pruned full']],
    ['a copy without a layer', without(base, 1), ['other/pruned full']],
    ['a copy with fewer neurons', narrowed(base, 80), ['other/pruned full']],
    ['a copy without a layer, healed', without(tuned(base, 0.04), 1), ['other/pruned full']],
    ['layers of the version, trained anew', without(tuned(base, 0.5), 1), ['other/distilled full']],
    ['a copy hardly tuned', tuned(base, 0.01), ['other/finetuned full']],
    ['a copy tuned', tuned(base, 0.1), ['other/finetuned full']],
    ['a copy tuned heavily', tuned(base, 0.6), ['other/finetuned full']],
  ])('favours the hypothesis that explains %s', async (_, model, expected) => {
    expect(favoured(weightCopy.score(await input(model, hypotheses)))).toEqual(expected);
  });

  it('is skipped where nothing is in place', async () => {
    for (const model of [rotated(base), syntheticModel(2)]) {
      const result = weightCopy.score(await input(model, hypotheses));
      expect(result).toMatchObject({ status: 'skipped', reason: expect.stringContaining('same places') });
    }
  });

  it('is skipped without a fingerprint', async () => {
    const result = weightCopy.score(await input(base, [await variant('full', 'full', null)]));
    expect(result).toMatchObject({
      status: 'skipped',
      reason: 'no reference holds a fingerprint of its weights',
    });
  });

  it('gives weights of a stranger to no variant', async () => {
    const other = await variant('other-model', 'other', syntheticModel(2));
    const result = weightCopy.score(await input(syntheticModel(2), hypotheses, [other]));
    expect(favoured(result)).toEqual(['other']);
  });

  it('counts values spliced into the sampled places for no copy', async () => {
    const genuine = await collectLineage(weightsOf(base));
    const fake = await collectLineage(weightsOf(syntheticModel(3)));
    const spliced = {
      candidate: { lineage: { ...fake, rows: genuine.rows } },
      variants: hypotheses,
      strangers: [],
    };
    expect(weightCopy.score(spliced)).toMatchObject({ status: 'skipped' });
    expect(favoured(lineage.score(spliced))).toEqual(['other', 'other/distilled full']);
  });

  it('gives a tuned copy of a stranger to no variant', async () => {
    const other = await variant('other-model', 'other', syntheticModel(2));
    const candidate = await input(tuned(syntheticModel(2), 0.1), hypotheses, [other]);
    for (const signal of [weightCopy, lineage]) expect(favoured(signal.score(candidate))).toContain('other');
  });
});

describe('lineage', () => {
  it.each([
    ['an exact copy', base],
    ['a rotated one in 4 bits with neurons moved', rounded(neuronsMoved(rotated(base)), 4)],
  ])('refutes a stranger for %s', async (_, model) => {
    const result = lineage.score(await input(model, hypotheses));
    expect(result).toMatchObject({ status: 'scored', logLikelihood: { other: Math.log(1e-6) } });
    expect(favoured(result)).toContain('other/altered full');
    expect(favoured(result)).not.toContain('other/distilled full');
  });

  it('holds what is out of its place against copies that leave weights in place', async () => {
    const result = lineage.score(await input(rotated(base), hypotheses));
    expect(favoured(result)).toEqual(['other/altered full', 'other/quantized full']);
    const smaller = lineage.score(await input(rotated(without(base, 1)), hypotheses));
    expect(favoured(smaller)).toContain('other/pruned full');
  });

  it('never holds an exact copy against the version it is', async () => {
    expect(favoured(lineage.score(await input(base, hypotheses)))).toContain('full');
  });

  it('says of independent weights that they speak against the version and prove nothing about distillation', async () => {
    const result = lineage.score(await input(syntheticModel(2), hypotheses));
    expect(favoured(result)).toEqual(['other', 'other/distilled full']);
    expect(result).toMatchObject({ logLikelihood: { full: Math.log(1e-3) } });
    const text = JSON.stringify(result.status === 'scored' ? result.details : []);
    expect(text).toContain('do not show whether the candidate was distilled');
  });

  it('holds nothing against a measured student whose own weights are not there', async () => {
    const student = await variant('student', 'distilled', syntheticModel(5));
    const result = lineage.score(await input(syntheticModel(2), [...hypotheses, student]));
    expect(favoured(result)).toContain('student');
  });

  it('reports p, effect and aligned attention', async () => {
    const result = lineage.score(await input(rotated(base), hypotheses));
    const labels = result.status === 'scored' ? result.details.map(({ label }) => label) : [];
    expect(labels).toEqual(
      expect.arrayContaining([
        'to full',
        'neurons matched, full',
        'log10 p, full',
        'aligned attention, full',
      ]),
    );
  });
});

describe('sibling', async () => {
  const tune = tuned(base, 0.05, { seed: 4 });
  const pair = [full, await variant('tune', 'finetuned', tune)];
  const share = (result: Measured | Skipped): number => {
    const found =
      result.status === 'scored' ? result.details.find(({ label }) => label === 'share of tune') : null;
    return found?.type === 'number' ? found.value : Number.NaN;
  };

  it.each([
    ['the one', base, 0],
    ['the other', tune, 1],
    ['the one in 4 bits', rounded(base, 4), 0],
    ['the other in 3 bits', rounded(tune, 3), 1],
    ['the other in 8 bits', rounded(tune, 8), 1],
    ['a merge of 0.3', mixed(base, tune, 0.3), 0.3],
    ['a merge of 0.5 in 4 bits', rounded(mixed(base, tune, 0.5), 4), 0.5],
  ])('puts %s at its coordinate', async (_, model, t) => {
    const result = sibling.score(await input(model, [...pair, ...implied]));
    // Standard error in 3 bits: 0.23 / (0.05 · √5376).
    expect(Math.abs(share(result) - t)).toBeLessThan(0.13);
  });

  it('favours the corner, and the altered copy in between', async () => {
    const at = async (model: SyntheticModel): Promise<string[]> =>
      favoured(sibling.score(await input(model, [...pair, ...implied])));
    expect(await at(rounded(tune, 4))).toContain('tune');
    expect(await at(rounded(base, 4))).toEqual(expect.arrayContaining(['full', 'other/quantized full']));
    expect(await at(mixed(base, tune, 0.5))).toEqual(['other/altered full', 'other/finetuned full']);
  });

  it('gives shares of three siblings', async () => {
    const third = tuned(base, 0.05, { seed: 8 });
    const variants = [...pair, await variant('third', 'finetuned', third)];
    const result = sibling.score(await input(mixed(tune, third, 0.25), variants));
    const shares = result.status === 'scored' ? result.details.slice(0, 3) : [];
    const values = shares.map((detail) => (detail.type === 'number' ? detail.value : Number.NaN));
    for (const [i, expected] of [0, 0.75, 0.25].entries())
      expect(Math.abs((values[i] ?? Number.NaN) - expected)).toBeLessThan(0.03);
  });

  it('is skipped with one reference, with strangers to each other, and out of place', async () => {
    const unrelated = [full, await variant('else', 'full', syntheticModel(2))];
    for (const [model, variants] of [
      [base, [full]],
      [base, unrelated],
      [rotated(base), pair],
    ] as const) {
      expect(sibling.score(await input(model, variants)).status).toBe('skipped');
    }
  });
});
