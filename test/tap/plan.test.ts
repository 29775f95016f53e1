import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attention } from 'model-assay';
import { afterAll, describe, expect, test } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/read.js';
import { rewriteOnnx } from '../../src/formats/onnx/rewrite.js';
import { findSites, runningSites } from '../../src/tap/sites.js';
import { planTap, type TapOptions, type TapPlan } from '../../src/tap/tap.js';
import { AttentionChild } from '../support/attention-child.js';
import { baseOf, feedsFor, measureGraph } from '../support/attention-judge.js';
import { runningGraph } from '../support/attention-truth.js';
import { bytesOf } from '../support/bytes.js';
import { assemble, scratch } from '../support/exports.js';
import { fixture } from '../support/onnx.js';
import { type EditableModel, nodeOf, parseModel, writeModel } from '../support/onnx-edit.js';
import { axis, HEADS, TinyModel } from '../support/tiny-attention.js';

const folder = scratch();
const child = new AttentionChild();
afterAll(() => child.close());

const IDS = [10, 40, 70, 100, 130, 160, 190, 220, 250];
const read = (data: Uint8Array) => readOnnx(bytesOf(data));
const planned = async (data: Uint8Array, options?: TapOptions): Promise<TapPlan> =>
  planTap(await read(data), options);

async function tapped(data: Uint8Array, options?: TapOptions): Promise<EditableModel> {
  const { edit, opsets } = await planned(data, options);
  return parseModel(await rewriteOnnx(bytesOf(data), { place: () => undefined, edit, opsets }));
}

describe('logits of the tapped graph', () => {
  async function difference(name: string): Promise<number> {
    const base = baseOf(name, folder);
    const copy = writeModel(await tapped(base.bytes, { keep: ['logits'] }));
    const answers = [base.bytes, copy].map((data) =>
      child.run(data, join(base.folder, 'onnx'), feedsFor(base, IDS)),
    );
    const [before, after] = (await Promise.all(answers)).map((answer) =>
      'value' in answer ? (answer.value.logits?.data as Float32Array) : new Float32Array(),
    ) as [Float32Array, Float32Array];
    expect(before.length).toBeGreaterThan(1000);
    expect(after).toHaveLength(before.length);
    return before.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (after[i] ?? 0))), 0);
  }

  test.each([
    'softmax-17',
    'mha-bias',
    'mha-unidirectional',
    'standard-float',
    'standard-causal',
    'packed-bias',
    'merged',
  ])('%s: bit-identical', async (name) => expect(await difference(name)).toBe(0));

  test.each(['gqa', 'gqa-rotary'])('%s: the same but for rounding, by another kernel', async (name) => {
    expect(await difference(name)).toBeLessThan(1e-4);
  });
});

describe('the tapped graph', () => {
  test('has no more than attention needs, and with logits everything', async () => {
    const data = fixture('attention/softmax-17/graph.onnx');
    const whole = parseModel(data).graph.nodes.map(({ outputs }) => outputs[0]);
    const kept = (model: EditableModel) =>
      model.graph.nodes.map(({ outputs }) => outputs[0] ?? '').filter((name) => !name.startsWith('assay.'));
    const lean = kept(await tapped(data));
    expect(lean.length).toBeLessThan(whole.length - 20);
    expect(lean).not.toContain('logits');
    expect(lean.at(-1)).toBe('Softmax_280');
    const reads = (await tapped(data)).graph.nodes.flatMap(({ inputs }) => inputs);
    const weights = (await tapped(data)).graph.initializers.map(({ name }) => name);
    expect(weights.filter((name) => !reads.includes(name))).toEqual([]);
    expect(kept(await tapped(data, { keep: ['logits'] }))).toContain('logits');
  });

  test('keeps what only a branch reads', async () => {
    const model = parseModel(fixture('attention/merged/graph.onnx'));
    const branch = runningGraph(model);
    const [weight] = branch.initializers.splice(0, 1);
    if (weight) model.graph.initializers.push(weight);
    const after = await tapped(writeModel(model));
    expect(after.graph.initializers.map(({ name }) => name)).toContain(weight?.name);
    expect(after.graph.nodes[0]?.outputs.every((name) => name.startsWith('assay.'))).toBe(true);
  });

  test('takes no name that the model has or reads', async () => {
    for (const taken of ['assay.0.0.x', 'assay1.y']) {
      const model = parseModel(fixture('attention/gqa/graph.onnx'));
      model.graph.nodes.push(nodeOf('Identity', [taken, 'assay.'], ['unused']));
      const { sites } = await planned(writeModel(model));
      expect(sites[0]?.table.startsWith(taken === 'assay1.y' ? 'assay2.' : 'assay1.')).toBe(true);
    }
  });
});

describe('the order of nodes in the file', () => {
  test.each(['softmax-17', 'mha-bias', 'mha-past', 'gqa', 'gqa-cache', 'standard-cache', 'packed'])(
    '%s: does not change a number or the order of layers',
    async (name) => {
      const base = baseOf(name, folder);
      const model = parseModel(base.bytes);
      runningGraph(model).nodes.reverse();
      const forwards = await measureGraph(child, base.folder, base.bytes, IDS);
      expect(forwards).toHaveProperty('entropyBits');
      expect(await measureGraph(child, base.folder, writeModel(model), IDS)).toEqual(forwards);
    },
  );

  test('an output that is left out makes no order', async () => {
    const base = baseOf('mha-bias', folder);
    const model = parseModel(base.bytes);
    const [, second] = model.graph.nodes.filter(({ op }) => op === 'MultiHeadAttention');
    if (second) second.outputs = [second.outputs[0] ?? '', '', ''];
    expect(await measureGraph(child, base.folder, writeModel(model), IDS)).toEqual(
      await measureGraph(child, base.folder, base.bytes, IDS),
    );
  });
});

test('measuring leaves the delivered file as it is', async () => {
  const path = assemble('packed', folder, 'attention');
  const digest = () =>
    createHash('sha256')
      .update(readFileSync(join(path, 'onnx/model.onnx')))
      .digest('hex');
  const before = digest();
  await attention(path, IDS);
  expect(digest()).toBe(before);
});

describe('no attention', () => {
  const sitesOf = async (make: (m: TinyModel, x: string) => string): Promise<string[]> => {
    const m = new TinyModel();
    const model = await read(writeModel(m.logits(make(m, m.embed()))));
    return runningSites(findSites(model)).map(({ operator, attach }) =>
      typeof attach === 'function' ? operator : '',
    );
  };

  test('a plain layer is the control', async () => {
    expect(await sitesOf((m, x) => m.layer(x))).toEqual(['Softmax']);
  });

  test('a router that mixes experts', async () => {
    const sites = await sitesOf((m, x) => {
      const gates = m.softmax(m.linear(x, HEADS));
      return m.node('Mul', [m.linear(x), m.node('ReduceMax', [gates])]);
    });
    expect(sites).toEqual([]);
  });

  test('a classifier', async () => {
    expect(await sitesOf((m, x) => m.softmax(m.linear(x)))).toEqual([]);
  });

  test('pooling by a learned query', async () => {
    const sites = await sitesOf((m, x) => {
      const weights = m.softmax(m.node('MatMul', [m.floats([1, 5, 32]), m.transpose(x, [0, 2, 1])]));
      return m.node('MatMul', [weights, x]);
    });
    expect(sites).toEqual([]);
  });

  test('a product of two computed values that no softmax weighs', async () => {
    const sites = await sitesOf((m, x) => {
      const [q, k, v] = [0, 1, 2].map(() => m.split(m.linear(x))) as [string, string, string];
      return m.merge(m.node('MatMul', [m.node('Sigmoid', [m.scores(q, k)]), v]));
    });
    expect(sites).toEqual([]);
  });

  test('patches of an image have another length than the prompt', async () => {
    const m = new TinyModel();
    const pixels = m.node('Add', [m.node('ReduceMean', [m.embed()]), m.floats([1, 16, 32])]);
    const path = join(folder, 'patches');
    mkdirSync(join(path, 'onnx'), { recursive: true });
    const seen = await measureGraph(child, path, writeModel(m.logits(m.layer(pixels))), [1, 2, 3]);
    expect(seen).toMatchObject({ message: expect.stringContaining('16 queries') });
  });

  test('a softmax along the heads', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const [q, k, v] = [0, 1, 2].map(() => m.split(m.linear(x))) as [string, string, string];
    const model = m.logits(m.merge(m.node('MatMul', [m.softmax(m.scores(q, k), 1), v])));
    expect((await planned(writeModel(model))).sites[0]?.axis).toBe(1);
  });
});

describe('graphs made to be slow', () => {
  test('more layers than any model has', async () => {
    const m = new TinyModel();
    const x = m.embed();
    for (let layer = 0; layer < 2049; layer++)
      m.model.graph.nodes.push(
        nodeOf('GroupQueryAttention', [x, x, x], [`y${layer}`], { domain: 'com.microsoft' }),
      );
    await expect(planned(writeModel(m.logits('y0')))).rejects.toMatchObject({ code: 'FORMAT_LIMIT' });
  });

  test('thousands of softmaxes around one value that everything reads', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const values = Array.from({ length: 20_000 }, () => m.softmax(m.node('Add', [x, x])));
    const hub = m.node('Mul', values);
    for (let user = 0; user < 20_000; user++) m.node('Reshape', [hub, hub], { attributes: axis(0) });
    const model = await read(writeModel(m.logits(hub)));
    const started = performance.now();
    planTap(model);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
