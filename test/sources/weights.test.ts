import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelStructure } from '../../src/core/types.js';
import { openCandidate } from '../../src/sources/open.js';
import type { OpenOptions } from '../../src/sources/options.js';
import { fixturePath } from '../support/hostile-candidates.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const SHARDED = fixturePath('weights/quill-full-1');
const F16 = fixturePath('weights/quill-full-1.F16.gguf');

async function structureOf(candidate: string, options?: OpenOptions): Promise<ModelStructure> {
  const source = await openCandidate(candidate, options);
  try {
    const structure = await source.capabilities.weights?.structure();
    if (structure === undefined) throw new Error('no weights');
    return structure;
  } finally {
    await source.close();
  }
}

async function firstRow(candidate: string, options?: OpenOptions): Promise<number[]> {
  const source = await openCandidate(candidate, options);
  try {
    const matrix = await source.capabilities.weights?.matrix({ role: 'key', layer: 2 });
    return [...((await matrix?.read(5, 1)) ?? [])];
  } finally {
    await source.close();
  }
}

const scratch = (): string => mkdtempSync(join(tmpdir(), 'assay-weights-'));

describe('a sharded model', () => {
  test('is all files of its index', async () => {
    const { files, tensors, storedTensors, index, findings } = await structureOf(SHARDED);
    expect(files.map(({ path, tensors: count }) => [path, count])).toEqual([
      ['model-00001-of-00002.safetensors', 20],
      ['model-00002-of-00002.safetensors', 19],
    ]);
    expect([tensors.length, storedTensors, index?.tensors.size, index?.totalSize]).toEqual([
      39, 39, 39, 1_313_024,
    ]);
    expect(findings).toEqual([]);
  });

  test('says which shards were not delivered', async () => {
    const folder = scratch();
    for (const file of ['model.safetensors.index.json', 'model-00002-of-00002.safetensors'])
      copyFileSync(join(SHARDED, file), join(folder, file));
    const { files, findings } = await structureOf(folder);
    expect(files).toHaveLength(1);
    expect(findings.map(({ code }) => code)).toEqual(['INDEX_SHARDS_ABSENT']);
  });

  test('without its shards is metadata', async () => {
    const folder = scratch();
    for (const file of ['model.safetensors.index.json', 'config.json'])
      copyFileSync(join(SHARDED, file), join(folder, file));
    const { files, tensors, index, config } = await structureOf(folder);
    expect([files, tensors, index?.tensors.size, config?.model_type]).toEqual([[], [], 39, 'llama']);
  });

  test('whose shards are Git LFS pointers is metadata', async () => {
    const folder = scratch();
    copyFileSync(join(SHARDED, 'config.json'), join(folder, 'config.json'));
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 99\n`;
    writeFileSync(join(folder, 'model-00001-of-00001.safetensors'), pointer);
    expect((await structureOf(folder)).files).toEqual([]);
  });
});

describe('one model in several containers', () => {
  test('has the same rows, whatever the order of query and key rows', async () => {
    const exact = await firstRow(SHARDED);
    const half = await firstRow(F16);
    expect(exact).toHaveLength(64);
    for (const [at, value] of exact.entries())
      expect(Math.abs(value - (half[at] ?? 9))).toBeLessThan(2 ** -10);
  });

  test('has one vocabulary', async () => {
    const [a, b] = await Promise.all(
      [SHARDED, F16].map(async (path) => (await openCandidate(path)).capabilities.weights?.vocabulary()),
    );
    expect(a).toHaveLength(1024);
    expect(b).toEqual(a);
  });

  test('GPT-2 keeps its projections in one matrix, turned round', async () => {
    const source = await openCandidate(fixturePath('weights/folio-full-1'));
    const weights = source.capabilities.weights;
    expect((await weights?.matrices())?.undone).toEqual(['fused', 'transposition']);
    const query = await weights?.matrix({ role: 'query', layer: 0 });
    expect([query?.rows, query?.columns]).toEqual([96, 96]);
    await source.close();
  });
});

describe('a file that is not what its name says', () => {
  test('a GGUF file named .safetensors is read as GGUF', async () => {
    const path = join(scratch(), 'model.safetensors');
    copyFileSync(F16, path);
    expect((await structureOf(path)).format).toBe('gguf');
  });

  test('damaged weights are the reader’s to name', async () => {
    const path = join(scratch(), 'model.gguf');
    writeFileSync(path, 'not a model at all');
    await expect(structureOf(path)).rejects.toMatchObject({ code: 'FORMAT_INVALID', offset: 0 });
  });

  test('a split model without one of its parts is incomplete', async () => {
    const folder = scratch();
    copyFileSync(F16, join(folder, 'quill-00001-of-00002.gguf'));
    copyFileSync(F16, join(folder, 'quill-00002-of-00002.gguf'));
    await expect(structureOf(folder)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });
});

describe('weights behind an address', () => {
  let server: Server;
  let requests = 0;
  const address = (file: string): string =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/quill/${file}`;
  const local: OpenOptions = { allowPrivateAddresses: true };

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests++;
      const path = join(SHARDED, basename(request.url ?? ''));
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
      let bytes: Buffer;
      try {
        bytes = readFileSync(path);
      } catch {
        response.writeHead(404).end();
        return;
      }
      const from = Number(range?.[1] ?? 0);
      const to = Math.min(Number(range?.[2] ?? bytes.length - 1), bytes.length - 1);
      response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${bytes.length}`, etag: '"1"' });
      response.end(bytes.subarray(from, to + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  test('are the same weights, read in part', async () => {
    const there = await structureOf(address('model.safetensors.index.json'), local);
    const here = await structureOf(SHARDED);
    expect(there.tensors.map(({ name, dims }) => [name, dims])).toEqual(
      here.tensors.map(({ name, dims }) => [name, dims]),
    );
    expect(there.config).toEqual(here.config);
    expect(requests).toBeLessThan(20);
  });

  test('a single file, and one matrix of it', async () => {
    const file = 'model-00002-of-00002.safetensors';
    expect(await firstRow(address(file), local)).toEqual(await firstRow(join(SHARDED, file)));
  });

  test('an address whose name cannot be read', async () => {
    await expect(openCandidate(address('%zz.safetensors'), local)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('are not hashed, and addresses of private networks are not read unasked', async () => {
    const source = await openCandidate(address('model.safetensors.index.json'), local);
    expect(source.capabilities.files).toBeUndefined();
    await source.close();
    await expect(openCandidate(address('model.safetensors.index.json'))).rejects.toMatchObject({
      fault: 'HTTP_ADDRESS',
    });
  });
});

describe.skipIf(!sharedData)(`stories260K${whySkipped}`, () => {
  test.each([
    ['f32', 1e-12],
    ['Q8_0', 0.005],
    ['Q4_0', 0.1],
  ])('as GGUF %s has the rows of its safetensors', async (kind, tolerance) => {
    const exact = await firstRow(shared('models/stories260K/hf-f32'));
    const stored = await firstRow(shared(`models/stories260K/stories260K.${kind}.gguf`));
    for (const [at, value] of exact.entries())
      expect(Math.abs(value - (stored[at] ?? 9))).toBeLessThan(tolerance);
  });
});
