import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/read.js';
import { planRecentCache } from '../../src/formats/onnx/recent-cache.js';
import { type GraphEdit, rewriteOnnx } from '../../src/formats/onnx/rewrite.js';
import { openDelivery } from '../../src/io/files.js';
import { generate } from '../../src/io/runtime/generate.js';
import { teacherForce } from '../../src/io/runtime/log-probs.js';
import type { ModelLocation } from '../../src/io/runtime/protocol.js';
import { type ModelSession, openSession } from '../../src/io/runtime/session.js';
import { readModelConfig } from '../../src/sources/model-config.js';
import { OpenedGraph } from '../../src/sources/opened-graph.js';
import { bytesOf } from '../support/bytes.js';
import { assemble, scratch } from '../support/exports.js';
import { FIXTURES, fixture } from '../support/onnx.js';

const temp = scratch();
const PROMPT = Array.from({ length: 150 }, (_, i) => 5 + ((i * 79) % 500));

const plan = async (path: string): Promise<GraphEdit | null> =>
  planRecentCache(await readOnnx(bytesOf(fixture(path), path)));

async function open(folder: string, edited: boolean): Promise<ModelSession> {
  const delivery = await openDelivery(folder);
  const config = await readModelConfig(delivery);
  const file = delivery.files.find((path) => path.endsWith('.onnx')) as string;
  const path = await delivery.locate(file);
  return openSession({
    ...config,
    model: edited ? await editedGraph(new OpenedGraph(delivery, file, undefined)) : { kind: 'path', path },
    attention: null,
    threads: 1,
    eosTokenIds: [],
    tokenizerPath: null,
  });
}

async function editedGraph(graph: OpenedGraph): Promise<ModelLocation> {
  const { place, folder } = await graph.places();
  const edit = planRecentCache(await graph.model());
  if (edit === null) throw new Error('expected an edit');
  return {
    kind: 'graph',
    folder,
    bytes: await graph.bytes((source) => rewriteOnnx(source, { place, edit })),
  };
}

/** Long enough for the whole caches to be replaced twice while decoding. */
async function outputs(session: ModelSession): Promise<unknown> {
  const { ids } = await generate(session, PROMPT.slice(0, 9), { maxNewTokens: 75, ignoreEos: true });
  const sampled = await generate(session, PROMPT.slice(0, 9), { maxNewTokens: 40, temperature: 1, seed: 7 });
  const scored = await teacherForce(session, [PROMPT, PROMPT.slice(3, 20)], [0, 5, 99]);
  await session.release();
  return { ids, sampled: sampled.ids, scored };
}

describe('a graph whose caches come in two parts', () => {
  it.each([
    ...['quill/full-1', 'quill/full-1-f16', 'quill/full-1-int8', 'folio/full-1'].map(
      (name) => `models/${name}`,
    ),
    ...[
      'gqa',
      'gqa-packed',
      'mha',
      'standard',
      'half',
      'int4',
      'no-mask',
      'odd-names',
      'window',
      'split',
    ].map((name) => `exports/${name}`),
  ])('gives bit-identical tokens and log-probabilities: %s', async (name) => {
    const folder = name.startsWith('models/') ? FIXTURES + name : assemble(basename(name), temp);
    const expected = await outputs(await open(folder, false));
    const session = await open(folder, true);
    expect(session.cacheOutputs(1, undefined).join()).not.toContain('recent');
    expect(await outputs(session)).toEqual(expected);
  });

  it('hides what was added from those who ask what the model takes', async () => {
    const folder = `${FIXTURES}models/folio/full-1`;
    const [original, edited] = [await open(folder, false), await open(folder, true)];
    expect(edited.description).toEqual(original.description);
  });

  it('falls back to the original when the edited graph is refused', async () => {
    const path = `${FIXTURES}models/folio/full-1/onnx/model.onnx`;
    const broken = { kind: 'graph', bytes: Uint8Array.of(1, 2, 3), folder: dirname(path) } as const;
    const settings = { attention: null, threads: 1, eosTokenIds: [], tokenizerPath: null };
    const config = await readModelConfig(await openDelivery(`${FIXTURES}models/folio/full-1`));
    const model = { ...broken, otherwise: { kind: 'path', path } } as const;
    expect((await openSession({ ...config, ...settings, model })).cached).toBe(true);
    await expect(openSession({ ...config, ...settings, model: broken })).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
    });
  });
});

describe('planRecentCache', () => {
  it.each(['merged', 'static-cache', 'gpt2-packed', 'state-space', 'hybrid', 'no-cache', 'encoder'])(
    'leaves a graph without plainly growing caches alone: %s',
    async (name) => {
      expect(await plan(`exports/${name}/graph.onnx`)).toBeNull();
    },
  );
});
