import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AttentionStatistics } from '../../src/core/types.js';
import { AttentionChild } from '../support/attention-child.js';
import { judge, measureGraph } from '../support/attention-judge.js';
import { watchedLayers } from '../support/attention-truth.js';
import { scratch } from '../support/exports.js';
import {
  type EditableModel,
  integerAttribute,
  nodeOf,
  writeGraph,
  writeModel,
} from '../support/onnx-edit.js';
import { len } from '../support/protobuf.js';
import { axis, float, HEADS, SIZE, TinyModel, WIDTH } from '../support/tiny-attention.js';

const folder = scratch();
mkdirSync(join(folder, 'onnx'));
const child = new AttentionChild();
afterAll(() => child.close());

const ids = (length: number): number[] => Array.from({ length }, (_, i) => (i * 11 + 3) % 60);
type Seen = AttentionStatistics & { code?: string; message?: string };
const measure = async (model: EditableModel, tokens: number): Promise<Seen> =>
  (await measureGraph(child, folder, writeModel(model), ids(tokens))) as Seen;

async function judged(model: EditableModel, tokens = 6): Promise<unknown> {
  const bytes = writeModel(model);
  const watched = watchedLayers(model);
  return judge(
    child,
    { name: 'tiny', folder, bytes, watched, tolerance: 1e-4 },
    { bytes, watched },
    ids(tokens),
  );
}

const RIGHT = { ending: 'measured', wrong: null };
const refused = (text: string | RegExp) => ({
  code: 'MODEL_OUTPUT_MISSING',
  message: expect.stringMatching(text) as string,
});
const layered = (change?: (m: TinyModel, scores: string) => string): EditableModel => {
  const m = new TinyModel();
  return m.logits(m.layer(m.embed(), change && ((scores) => change(m, scores))));
};

describe('right numbers', () => {
  test.each([3, HEADS, SIZE, 11])('of a plain layer and %i tokens', async (tokens) => {
    expect(await judged(layered(), tokens)).toEqual(RIGHT);
  });

  test('where heads see windows of different width', async () => {
    const model = layered((m, scores) => perHeadWindow(m, scores));
    const seen = await measure(model, 9);
    expect(await judged(model, 9)).toEqual(RIGHT);
    const [entropy = [], normalized = []] = [seen.entropyBits[0], seen.normalizedEntropy[0]];
    // Head h sees h + 2 keys; scores are alike enough that each head uses nearly all it sees.
    for (const [head, bits] of entropy.entries()) {
      expect(bits).toBeLessThan(Math.log2(head + 2));
      expect(normalized[head]).toBeGreaterThan(0.6);
    }
  });

  test('of scores far from zero', async () => {
    const model = layered((m, scores) => m.node('Add', [scores, m.floats([], () => 5000)]));
    expect(await judged(model)).toEqual(RIGHT);
  });
});

/** Adds −1e9 where a key is further than head + 1 behind its query. */
function perHeadWindow(m: TinyModel, scores: string): string {
  const length = m.node('Gather', [m.node('Shape', [scores]), m.integers(-1)], { attributes: axis(0) });
  const scalar = m.node('Squeeze', [length]);
  const [zero, one] = [m.node('Squeeze', [m.integers(0)]), m.node('Squeeze', [m.integers(1)])];
  const range = m.node('Range', [zero, scalar, one]);
  const distance = m.node('Sub', [
    m.node('Reshape', [range, m.integers(-1, 1)]),
    m.node('Reshape', [range, m.integers(1, -1)]),
  ]);
  const width = m.node('Reshape', [m.integers(1, 2, 3, 4), m.integers(1, HEADS, 1, 1)]);
  const far = m.node('Or', [m.node('Greater', [distance, width]), m.node('Less', [distance, zero])]);
  return m.node('Where', [far, m.floats([], () => -1e9), scores]);
}

/** Queries, keys and values for GroupQueryAttention, whose text is `missing` tokens shorter than it is. */
function grouped(options: {
  missing?: number;
  bias?: (m: TinyModel, length: string) => string;
}): EditableModel {
  const m = new TinyModel();
  const x = m.embed();
  const length = m.node('Gather', [m.node('Shape', [x]), m.integers(1)], { attributes: axis(0) });
  const int32 = (value: string): string =>
    m.node('Cast', [value], { attributes: [integerAttribute('to', 6)] });
  const last = int32(m.node('Sub', [length, m.integers(1 + (options.missing ?? 0))]));
  const total = int32(m.node('Squeeze', [length]));
  const bias = options.bias ? ['', '', '', options.bias(m, length)] : [];
  const heads = [integerAttribute('num_heads', HEADS), integerAttribute('kv_num_heads', HEADS)];
  const attributes = [...heads, ...(options.bias ? [float('scale', 1e-6)] : [])];
  const inputs = [m.linear(x), m.linear(x), m.linear(x), '', '', last, total, ...bias];
  return m.logits(m.fused('GroupQueryAttention', 'com.microsoft', inputs, attributes));
}

describe('fused operators', () => {
  test('of grouped queries', async () => {
    expect(await judged(grouped({}))).toEqual(RIGHT);
  });

  test('that are told the text is shorter than it is', async () => {
    expect(await measure(grouped({ missing: 1 }), 6)).toMatchObject(refused(/its text ends at token/));
  });

  test('whose bias masks keys', async () => {
    const seen = await measure(
      grouped({
        bias: (m, length) => {
          const square = m.node('Concat', [m.integers(1, 1), length, length], { attributes: axis(0) });
          const row = m.node('Range', [
            m.node('Squeeze', [m.integers(0)]),
            m.node('Squeeze', [length]),
            m.node('Squeeze', [m.integers(1)]),
          ]);
          const hidden = m.node('Equal', [row, m.integers(0)]);
          const masked = m.node('Where', [hidden, m.floats([], () => -1e9), m.floats([], () => 0)]);
          return m.node('Expand', [masked, square]);
        },
      }),
      6,
    );
    // Attention is even, so it is as spread as its mask allows: over 2 to 5 keys.
    const bits = [2, 3, 4, 5].reduce((sum, keys) => sum + Math.log2(keys), 0) / 4;
    for (const [head, entropy] of (seen.entropyBits[0] ?? []).entries()) {
      expect(entropy).toBeCloseTo(bits, 4);
      expect(seen.normalizedEntropy[0]?.[head]).toBeCloseTo(1, 4);
      expect(seen.firstTokenMass[0]?.[head]).toBe(0);
    }
  });
});

describe('refused', () => {
  test('attention among the heads of a token, though there are as many tokens', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const [q, k, v] = [0, 1, 2].map(() => m.split(m.linear(x), null)) as [string, string, string];
    const mixed = m.node('MatMul', [m.softmax(m.scores(q, k)), v]);
    const model = m.logits(m.node('Reshape', [mixed, m.integers(0, 0, WIDTH)]));
    // The batch axis holds the tokens here.
    expect(await measure(model, HEADS)).toMatchObject(refused(/Softmax/));
  });

  test('attention of one head per token that looks like many heads', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const perToken = (): string =>
      m.transpose(m.node('Reshape', [m.linear(x), m.integers(1, -1, HEADS, SIZE)]), [0, 1, 2, 3]);
    const mixed = m.node('MatMul', [m.softmax(m.scores(perToken(), perToken())), perToken()]);
    const model = m.logits(m.node('Reshape', [mixed, m.integers(1, -1, WIDTH)]));
    expect(await measure(model, HEADS)).toMatchObject(refused(/Softmax/));
  });

  test('latent queries, though the prompt has as many tokens', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const mean = m.node('ReduceMean', [x], { attributes: [...axes(1)] });
    const latents = m.node('Add', [mean, m.floats([1, 6, WIDTH])]);
    const weights = m.softmax(m.scores(m.split(m.linear(latents)), m.split(m.linear(x))));
    const mixed = m.merge(m.node('MatMul', [weights, m.split(m.linear(x))]));
    expect(await measure(m.logits(mixed), 6)).toMatchObject(
      refused(/on a text of 2 tokens it has 6 queries/),
    );
  });

  test('learned keys before those of the text', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const joined = (value: string): string =>
      m.node('Concat', [m.floats([1, HEADS, 2, SIZE]), value], { attributes: axis(-2) });
    const weights = m.softmax(m.scores(m.split(m.linear(x)), joined(m.split(m.linear(x)))));
    const mixed = m.merge(m.node('MatMul', [weights, joined(m.split(m.linear(x)))]));
    expect(await measure(m.logits(mixed), 6)).toMatchObject(refused(/more keys than the 6 tokens/));
  });

  test.each([
    ['Pow', (m: TinyModel, s: string) => m.node('Pow', [s, m.floats([], () => 2)])],
    ['Relu', (m: TinyModel, s: string) => m.node('Relu', [s])],
    ['Pad', (m: TinyModel, s: string) => m.node('Pad', [s, m.integers(0, 0, 0, 0, 0, 0, 0, 0)])],
  ])('scores that pass through %s', async (_, change) => {
    expect(await measure(layered(change), 6)).toMatchObject(
      refused(/Softmax ×1 \(what happens to its scores/),
    );
  });

  test('a softmax along the queries', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const weights = m.softmax(m.scores(m.split(m.linear(x)), m.split(m.linear(x))), 2);
    const model = m.logits(m.merge(m.node('MatMul', [weights, m.split(m.linear(x))])));
    expect(await measure(model, 6)).toMatchObject(refused(/axis 2/));
  });

  test('values weighed by columns: transposed products', async () => {
    for (const [op, domain, attributes] of [
      ['Einsum', '', [{ name: 'equation', fields: text('bhqk,bhqd->bhkd') }]],
      ['FusedMatMul', 'com.microsoft', [integerAttribute('transA', 1)]],
    ] as const) {
      const m = new TinyModel();
      const x = m.embed();
      const weights = m.softmax(m.scores(m.split(m.linear(x)), m.split(m.linear(x))));
      const values = m.split(m.linear(x));
      const mixed = m.node(op, [weights, values], { domain, attributes: [...attributes] });
      expect(await measure(m.logits(m.merge(mixed)), 6)).toMatchObject(refused(/not multiplied with values/));
    }
  });

  test('weights changed key by key after the softmax', async () => {
    const m = new TinyModel();
    const x = m.embed();
    const gate = m.node('Sigmoid', [m.node('ReduceMean', [m.linear(x)], { attributes: axes(2) })]);
    const byKey = m.node('Reshape', [gate, m.integers(1, 1, 1, -1)]);
    const model = m.logits(m.layer(x, undefined, (weights) => m.node('Mul', [weights, byKey])));
    expect(await measure(model, 6)).toMatchObject(refused(/changed after the softmax/));
  });

  test('a layer that no output depends on', async () => {
    const m = new TinyModel();
    const x = m.embed();
    m.layer(x);
    expect(await measure(m.logits(m.linear(x)), 6)).toMatchObject(refused(/no output of the model/));
  });

  test('branches with different layers', async () => {
    const branch = (name: string, fused: boolean): Uint8Array => {
      const m = new TinyModel();
      const x = m.linear('embedded');
      const y = fused
        ? m.fused('MultiHeadAttention', 'com.microsoft', [x, x, x], [integerAttribute('num_heads', HEADS)])
        : m.layer(x);
      m.node('Identity', [y], { output: name });
      return len(6, writeGraph({ ...m.model.graph, outputs: [{ name, fields: [] }], rest: [] }));
    };
    const m = new TinyModel();
    m.node('Identity', [m.embed()], { output: 'embedded' });
    const condition = m.node(
      'Cast',
      [m.node('ReduceMax', ['input_ids'], { attributes: [integerAttribute('keepdims', 0)] })],
      {
        attributes: [integerAttribute('to', 9)],
      },
    );
    const node = nodeOf('If', [condition], ['chosen']);
    node.attributes = [
      { name: 'then_branch', fields: graphType(branch('a', true)) },
      { name: 'else_branch', fields: graphType(branch('b', false)) },
    ];
    m.model.graph.nodes.push(node);
    expect(await measure(m.logits('chosen'), 6)).toMatchObject(refused(/different layers/));
  });
});

const axes = (value: number) => [{ ...integerAttribute('axes', value), fields: intsField(value) }];
const intsField = (value: number) => [
  { number: 8, wire: 0, value: BigInt(value) },
  { number: 20, wire: 0, value: 7n },
];
const text = (value: string) => [
  { number: 4, wire: 2, value: Buffer.from(value) },
  { number: 20, wire: 0, value: 3n },
];
const graphType = (field: Uint8Array) => [
  { number: 6, wire: 2, value: payload(field) },
  { number: 20, wire: 0, value: 5n },
];
function payload(field: Uint8Array): Uint8Array {
  let at = 1;
  while ((field[at] ?? 0) >= 0x80) at++;
  return field.subarray(at + 1);
}
