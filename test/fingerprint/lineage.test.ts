import { describe, expect, it } from 'vitest';
import { collectLineage } from '../../src/fingerprint/lineage/collect.js';
import { type Relation, relationsOf } from '../../src/fingerprint/lineage/relation.js';
import type { LineageEvidence } from '../../src/fingerprint/lineage/types.js';
import {
  folded,
  mixed,
  narrowed,
  neuronsMoved,
  pruned,
  rotated,
  rounded,
  tuned,
  without,
} from '../support/model-moves.js';
import {
  edited,
  keyOf,
  type SyntheticModel,
  syntheticModel,
  weightsOf,
  words,
} from '../support/synthetic-model.js';

const prints = new WeakMap<SyntheticModel, Promise<LineageEvidence>>();
/** The fingerprint of a model, taken once. */
function print(model: SyntheticModel): Promise<LineageEvidence> {
  const taken = prints.get(model) ?? collectLineage(weightsOf(model));
  prints.set(model, taken);
  return taken;
}

async function relation(candidate: SyntheticModel, reference: SyntheticModel): Promise<Relation> {
  const [found] = relationsOf(await print(candidate), [await print(reference)]);
  return found as Relation;
}

const base = syntheticModel(1);
const adapted = (model: SyntheticModel): SyntheticModel => {
  const moved = tuned(model, 0.1);
  return edited(model, (m, id) =>
    id.role === 'query' || id.role === 'value' ? (moved.matrices.get(keyOf(id)) ?? m) : m,
  );
};
const mantissa = (value: number, bits: number): number => {
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - bits);
  return Math.round(value / step) * step;
};
const half = (value: number): number => mantissa(value, 10);
const bfloat = (value: number): number => mantissa(value, 7);

describe('what a model is to another', () => {
  it.each([
    ['itself', base],
    ['rounded to binary16', edited(base, (m) => ({ ...m, values: m.values.map(half) }))],
    ['rounded to bfloat16', edited(base, (m) => ({ ...m, values: m.values.map(bfloat) }))],
    ['with the head left out, as tied containers do', without_(base, 'head')],
    ['stored the other way round', { ...base, transposed: true }],
    ['without a tokenizer', { ...base, vocabulary: null }],
    ['with another tokenizer', { ...base, vocabulary: words(300, 5000) }],
  ])('same: %s', async (_, model) => {
    expect((await relation(model, base)).kind).toBe('same');
  });

  it.each([
    [8, 8],
    [4, 6],
    [3, 6],
  ])('quantized: to %d bits', async (bits, told) => {
    const found = await relation(rounded(base, bits), base);
    expect(found).toMatchObject({ kind: 'quantized', bits: told, moved: false });
  });

  it('quantized: to 8-bit floats, which is not tuned', async () => {
    const float8 = edited(base, (m) => ({ ...m, values: m.values.map((value) => mantissa(value, 3)) }));
    expect(await relation(float8, base)).toMatchObject({ kind: 'quantized', bits: 8, moved: false });
    expect((await relation(tuned(base, 0.027), base)).kind).toBe('tuned');
  });

  it('quantized and moved: tuned first', async () => {
    const found = await relation(rounded(tuned(base, 0.2), 4), base);
    expect(found).toMatchObject({ kind: 'quantized', moved: true });
  });

  it.each([
    ['30 % of the weights', pruned(base, 0.3)],
    ['half of the weights', pruned(base, 0.5)],
    ['a layer', without(base, 1)],
    ['a layer, and its neurons moved', neuronsMoved(without(base, 1))],
  ])('pruned: %s', async (_, model) => {
    expect((await relation(model, base)).kind).toBe('pruned');
  });

  it('pruned: some neurons and heads of every layer, so that the embedding alone is comparable', async () => {
    const cut = edited(narrowed(base, 80), (m, { role }) => {
      if (role === 'query' || role === 'key' || role === 'value')
        return { ...m, rows: 48, values: m.values.slice(0, 48 * m.columns) };
      if (role !== 'output') return m;
      const values = m.values.filter((_, i) => i % m.columns < 48);
      return { ...m, columns: 48, values };
    });
    const found = await relation(cut, base);
    expect(found).toMatchObject({ kind: 'pruned', smaller: true, moved: false });
    expect(found.rows?.pairs).toEqual([]);
    const moved = await relation(tuned(cut, 0.05), base);
    expect(moved).toMatchObject({ kind: 'rearranged', smaller: true });
  });

  it.each([
    ['zeroed after tuning', pruned(tuned(base, 0.05), 0.4), false],
    ['cut, and an adapter in two matrices of each layer', adapted(without(base, 1)), true],
    ['cut and rounded to 4 bits', rounded(without(base, 1), 4), true],
  ])('pruned, and the rest moved: %s', async (_, model, smaller) => {
    expect(await relation(model, base)).toMatchObject({ kind: 'pruned', smaller, moved: true });
  });

  it.each([
    ['healed', 0.04],
    ['trained anew', 0.5],
  ])('reduced: a layer less, %s', async (_, share) => {
    const found = await relation(without(tuned(base, share), 1), base);
    expect(found).toMatchObject({ kind: 'reduced', smaller: true });
    expect(found.rows?.distance).toBeCloseTo(share, 1);
  });

  it('spliced: genuine numbers at the sampled places of other weights', async () => {
    const [genuine, fake] = [await print(base), await print(syntheticModel(3))];
    expect(relationsOf({ ...fake, rows: genuine.rows }, [genuine])[0]?.kind).toBe('spliced');
  });

  it('larger is not pruned', async () => {
    const found = await relation(base, without(base, 1));
    expect(found.smaller).toBe(false);
    expect(['pruned', 'reduced']).not.toContain(found.kind);
  });

  it.each([0.01, 0.1, 0.5])('tuned: by a share of %d', async (share) => {
    const found = await relation(tuned(base, share), base);
    expect(found.kind).toBe('tuned');
    expect(found.rows?.distance).toBeCloseTo(share, 1);
  });

  it('tuned: by a few steps of one size, whose differences are as bounded as those of rounding', async () => {
    const found = await relation(tuned(base, 0.05, { bounded: true }), base);
    expect(found.rows?.peak).toBeLessThan(1.9);
    expect(found.kind).toBe('tuned');
  });

  it('rescaled: gains of norms folded into the next matrix, which is not tuned', async () => {
    const found = await relation(folded(base), base);
    expect(found.kind).toBe('rescaled');
    expect(found.rows?.distance).toBeGreaterThan(0.05);
    expect((await relation(tuned(folded(base), 0.05), base)).kind).toBe('tuned');
  });

  it.each([
    ['neurons', neuronsMoved(base)],
    ['neurons, their scale and sign', neuronsMoved(base, { scale: true })],
    ['the residual stream', rotated(base)],
    ['both, in 4 bits', rounded(neuronsMoved(rotated(base)), 4)],
    [
      'both, tuned, in 3 bits and half pruned',
      pruned(rounded(neuronsMoved(rotated(tuned(base, 0.3))), 3), 0.5),
    ],
    ['a layer less, rotated', rotated(without(base, 1))],
  ])('rearranged: %s', async (_, model) => {
    const found = await relation(model, base);
    expect(found.kind).toBe('rearranged');
    expect(found.neurons?.effect).toBeGreaterThan(0.4);
    expect(found.frames?.cka).toBeGreaterThan(0.4);
  });

  it('tells which layers were left out', async () => {
    const six = syntheticModel(1, { layers: 6 });
    const found = await relation(rotated(without(six, 2)), six);
    const [candidate, reference] = [await print(without(six, 2)), await print(six)];
    const map = found.neurons?.blocks.map(({ block, reference: other }) => [
      candidate.blocks[block]?.layer,
      reference.blocks[other]?.layer,
    ]);
    expect(map?.sort()).toEqual([
      [0, 0],
      [1, 1],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
  });

  it('independent: other weights of the same shape', async () => {
    const kinds = await Promise.all(
      [2, 3, 4, 5].map(async (seed) => (await relation(syntheticModel(seed), base)).kind),
    );
    expect(kinds).toEqual(['independent', 'independent', 'independent', 'independent']);
  });

  it('inconclusive: another vocabulary of another size, and another width', async () => {
    const other = { ...syntheticModel(2, { hidden: 48, vocabulary: 310 }), vocabulary: words(310, 9000) };
    const found = await relation(other, base);
    expect(found).toMatchObject({ kind: 'inconclusive', shared: null });
  });
});

describe('models of other forms', () => {
  it('has no gate, and a norm with a mean', async () => {
    const plain = syntheticModel(6, { plain: true });
    expect((await relation(neuronsMoved(plain), plain)).kind).toBe('rearranged');
    expect((await relation(syntheticModel(7, { plain: true }), plain)).kind).toBe('independent');
  });

  it('has experts, and the same ones are described wherever they stand', async () => {
    const sparse = syntheticModel(8, { experts: 6, width: 48 });
    const reversed = { ...sparse, matrices: reversedExperts(sparse, 6) };
    expect((await relation(reversed, sparse)).neurons?.effect).toBeGreaterThan(0.9);
  });

  it('holds numbers that are none', async () => {
    const broken = edited(base, (m, { role }) =>
      role === 'up' ? { ...m, values: m.values.map((value, i) => (i % 97 === 0 ? Number.NaN : value)) } : m,
    );
    const found = await print(broken);
    expect(found.nonFinite).toBeGreaterThan(0);
    expect((await relation(broken, base)).kind).not.toBe('independent');
  });

  it('shows no matrices', async () => {
    const empty: SyntheticModel = { layers: 0, hidden: 0, matrices: new Map(), vocabulary: null };
    expect(await print(empty)).toMatchObject({ layers: 0, anchors: [], blocks: [], rows: [] });
    expect((await relation(empty, base)).kind).toBe('inconclusive');
  });
});

describe('a fingerprint', () => {
  it('is the same bytes from the same weights', async () => {
    expect(JSON.stringify(await print(base))).toBe(JSON.stringify(await print(syntheticModel(1))));
  });

  it('stays under 256 KB for wide and deep models', async () => {
    const deep = syntheticModel(1, { hidden: 256, width: 384, layers: 30, vocabulary: 500 });
    expect(JSON.stringify(await print(deep)).length).toBeLessThan(256 * 1024);
  }, 60_000);

  it('does not see a merge as an independent model', async () => {
    const other = tuned(base, 0.4, { seed: 11 });
    for (const t of [0.3, 0.5, 0.7]) expect((await relation(mixed(base, other, t), base)).kind).toBe('tuned');
  });

  it('can be stopped', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(collectLineage(weightsOf(base), { signal: controller.signal })).rejects.toThrow();
  });
});

function without_(model: SyntheticModel, role: 'head'): SyntheticModel {
  const embedding = model.matrices.get(keyOf({ role: 'embedding' }));
  const tied = new Map(model.matrices);
  if (embedding) tied.set(keyOf({ role }), embedding);
  const left = new Map(tied);
  left.delete(keyOf({ role }));
  return { ...model, matrices: left };
}

function reversedExperts(model: SyntheticModel, experts: number): SyntheticModel['matrices'] {
  return new Map(
    [...model.matrices].map(([key, value]) => {
      const [role, layer, expert = '', part] = key.split('/');
      if (role === 'router') {
        const { rows, columns } = value;
        const values = Float32Array.from(
          value.values,
          (_, i) => value.values[(rows - 1 - Math.floor(i / columns)) * columns + (i % columns)] ?? 0,
        );
        return [key, { rows, columns, values }];
      }
      return expert === ''
        ? [key, value]
        : [[role, layer, experts - 1 - Number(expert), part].join('/'), value];
    }),
  );
}
