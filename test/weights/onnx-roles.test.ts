import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { audit, compare } from 'model-assay';
import { describe, expect, it, test } from 'vitest';
import type { TensorRole } from '../../src/core/types.js';
import { collectLineage } from '../../src/fingerprint/lineage/collect.js';
import type { LineageEvidence } from '../../src/fingerprint/lineage/types.js';
import { readOnnx } from '../../src/formats/onnx/read.js';
import { onnxLogicalTensors } from '../../src/sources/onnx-logical.js';
import { rolesInGraph, withRolesInGraph } from '../../src/sources/onnx-roles.js';
import { openCandidate } from '../../src/sources/open.js';
import { indexGraph } from '../../src/tap/graph-index.js';
import { anonymised, anonymisedFolder } from '../support/anonymous.js';
import { bytesOf } from '../support/bytes.js';
import { scratch } from '../support/exports.js';
import { model } from '../support/fixtures.js';
import { fixture } from '../support/onnx.js';

const MODEL = 'model.onnx';

const SHORT_NAMES: Readonly<Record<string, RegExp>> = {
  embedding: /embed/,
  head: /lm_head|embed/,
  'final-norm': /norm/,
  'attention-norm': /input_norm/,
  'mlp-norm': /post_norm/,
  query: /q_proj/,
  key: /k_proj/,
  value: /v_proj/,
  output: /o_proj/,
  gate: /gate_proj/,
  up: /up_proj/,
  down: /down_proj/,
};

interface Roles {
  readonly names: readonly string[];
  readonly byName: readonly string[];
  readonly byGraph: readonly string[];
}

/** Names say of GPT-2's biases too that they are transposed; of a vector that means nothing. */
const isFlipped = ({ transposed, part }: TensorRole): boolean => transposed === true && part === 'weight';

/** Places of the weights, and what is at each, in the order of the file; anonymising keeps that order. */
async function rolesOf(bytes: Uint8Array): Promise<Roles> {
  const read = await readOnnx(bytesOf(Buffer.from(bytes), MODEL));
  const index = indexGraph(read.graph);
  const named = onnxLogicalTensors(index, MODEL);
  const inGraph = rolesInGraph(read, index);
  const text = (at: number, role: TensorRole | undefined): string[] =>
    role && role.role !== 'other'
      ? [`${at} ${role.role} ${role.layer} ${role.part}${isFlipped(role) ? ' transposed' : ''}`]
      : [];
  return {
    names: named.map(({ name }) => name),
    byName: named.flatMap(({ role }, at) => text(at, role)),
    byGraph: withRolesInGraph(
      named.map((tensor) => ({ ...tensor, role: { role: 'other', layer: null, part: 'weight' } as const })),
      inGraph,
    ).flatMap(({ role }, at) => text(at, role)),
  };
}

async function lineageOf(path: string): Promise<LineageEvidence> {
  const source = await openCandidate(path);
  try {
    const { weights } = source.capabilities;
    if (!weights) throw new Error(`${path} gives no weights`);
    return await collectLineage(weights);
  } finally {
    await source.close();
  }
}

describe('roles that the graph tells are those that names tell', () => {
  test.each([
    ['models/quill/full-1/onnx/model.onnx', 39],
    ['models/quill/full-1-f16/onnx/model.onnx', 39],
    ['models/quill/full-1-int8/onnx/model_quantized.onnx', 39],
    ['models/quill/student-1a/onnx/model.onnx', 21],
    ['models/folio/full-1/onnx/model.onnx', 52],
    ['models/folio/full-1-int8/onnx/model_quantized.onnx', 53],
  ])('all of %s', async (path, count) => {
    const { byName, byGraph } = await rolesOf(fixture(path));
    const alike = byGraph.filter((role) => byName.includes(role));
    expect(alike).toEqual(byName);
    expect(alike).toHaveLength(count);
    const blind = await rolesOf(anonymised(fixture(path)));
    expect(blind.byName).toEqual([]);
    expect(blind.byGraph).toEqual(byGraph);
  });

  // These exporters leave out the block: names alone do not say which side of a matrix is the output.
  test.each([
    ['exports/merged/graph.onnx', 39],
    ['exports/gqa/graph.onnx', 21],
    ['exports/mha/graph.onnx', 39],
    ['exports/standard/graph.onnx', 39],
    ['exports/int4/graph.onnx', 39],
    ['exports/half/graph.onnx', 39],
    ['attention/qlinear/graph.onnx', 21],
    ['attention/qdq/graph.onnx', 21],
  ])('and all of %s, whose names are short', async (path, count) => {
    const { byGraph, names } = await rolesOf(fixture(path));
    const found = byGraph.filter((each) => {
      const [at, role = '', layer] = each.split(' ');
      const name = names[Number(at)] ?? '';
      const inLayer = layer === 'null' || name.includes(`layers.${layer}.`);
      return inLayer && SHORT_NAMES[role]?.test(name);
    });
    expect(found).toEqual(byGraph.filter((each) => each.endsWith('weight') || each.endsWith('transposed')));
    expect(found).toHaveLength(count);
  });

  test.each([
    ['exports/qdq/graph.onnx', 'query', 4],
    ['exports/gpt2-packed/graph.onnx', 'query-key-value', 4],
    ['attention/packed/graph.onnx', 'query-key-value', 4],
    ['attention/qattention/graph.onnx', 'query-key-value', 2],
    ['exports/encoder/graph.onnx', 'query', 2],
    ['encoders/t5/onnx/encoder_model.onnx', 'value', 2],
  ])('and %s has some where names are silent', async (path, role, count) => {
    const { byName, byGraph } = await rolesOf(fixture(path));
    const matrix = new RegExp(`^\\d+ ${role} \\d+ weight transposed$`);
    expect(byName.filter((each) => matrix.test(each))).toEqual([]);
    expect(byGraph.filter((each) => matrix.test(each))).toHaveLength(count);
  });

  test.each([
    ['latent attention', 'attention/latent/graph.onnx'],
    ['attention beside other layers', 'attention/hybrid/graph.onnx'],
    ['gated attention', 'attention/gated/graph.onnx'],
    ['attention sinks', 'attention/no-sinks/graph.onnx'],
    ['talking heads', 'attention/no-talking-heads/graph.onnx'],
    ['an Einsum', 'attention/einsum/graph.onnx'],
    ['cross-attention', 'encoders/whisper/onnx/decoder_model_merged.onnx'],
  ])('%s has none', async (_, path) => {
    expect((await rolesOf(fixture(path))).byGraph).toEqual([]);
  });

  test('layers of experts have none, what is outside them has', async () => {
    const { byGraph } = await rolesOf(fixture('attention/experts/graph.onnx'));
    expect(byGraph.map((role) => role.split(' ')[1])).toEqual(['embedding', 'head']);
  });
});

describe('an export whose names say nothing', () => {
  const folder = scratch();
  const blind = (name: string): string => anonymisedFolder(model(name), join(folder, name));

  it.each(['quill/full-1', 'folio/full-1', 'folio/student-1a'])(
    'of %s has the same lineage',
    async (name) => {
      const [named, anonymous] = [await lineageOf(model(name)), await lineageOf(blind(name))];
      expect(anonymous.rows.length).toBeGreaterThan(8);
      expect(anonymous).toEqual(named);
    },
  );

  it.each(['quill', 'folio'])('of %s is found to hold the same weights', async (family) => {
    const path = blind(`${family}/full-1`);
    expect(readFileSync(join(path, 'onnx', MODEL), 'latin1')).not.toMatch(/q_proj|c_attn|lm_head|wte/);
    const report = await audit(path, { profile: family, claim: 'full', only: ['lineage'] });
    const copy = report.signals.find(({ id }) => id === 'weight-copy');
    expect(copy).toMatchObject({ status: 'scored', observed: expect.stringMatching(/^the same weights \(/) });
    const compared = await compare(model(`${family}/full-2`), path, { only: ['lineage', 'tensor-digests'] });
    expect(compared.signals.find(({ id }) => id === 'weight-copy')?.status).not.toBe('scored');
  });

  it('is the same by the digests of its tensors', async () => {
    const report = await compare(model('folio/full-1'), blind('folio/full-1'), { only: ['tensor-digests'] });
    expect(report.verdict.outcome).toBe('upheld');
  });
});
