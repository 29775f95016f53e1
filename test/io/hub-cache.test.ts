import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { attention, collect, type FilesEvidence } from 'model-assay';
import { describe, expect, test } from 'vitest';
import { assemble, scratch } from '../support/exports.js';
import { candidate, codesOf, rejection } from '../support/hostile-candidates.js';
import { parseModel, tensorOf, writeModel } from '../support/onnx-edit.js';
import { len } from '../support/protobuf.js';

const folder = scratch();
const IDS = [10, 11, 12, 13, 14, 15];
const ONLY = { only: ['files', 'log-probabilities', 'attention-statistics'] };
let caches = 0;

/** A folder as huggingface_hub caches it: every file a link to a blob named by its digest. */
function cached(source: string): { snapshot: string; blob: (path: string) => string } {
  const root = join(folder, `hub-${caches++}`, 'models--acme--quill');
  const snapshot = join(root, 'snapshots', '0123abc');
  const digest = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(source, path)))
      .digest('hex');
  const blob = (path: string): string => join(root, 'blobs', digest(path));
  mkdirSync(join(root, 'blobs'), { recursive: true });
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!statSync(join(source, path)).isFile()) continue;
    const link = join(snapshot, path);
    mkdirSync(dirname(link), { recursive: true });
    cpSync(join(source, path), blob(path));
    symlinkSync(relative(dirname(link), blob(path)), link);
  }
  return { snapshot, blob };
}

/** The same model without its onnx folder. */
function flat(source: string): string {
  const to = join(folder, `flat-${caches++}`);
  cpSync(source, to, { recursive: true });
  cpSync(join(to, 'onnx'), to, { recursive: true });
  rmSync(join(to, 'onnx'), { recursive: true });
  return to;
}

async function seen(path: string): Promise<unknown> {
  const { probes } = await collect(path, ONLY);
  const { files, 'log-probabilities': scored, 'attention-statistics': attended } = probes;
  expect(codesOf({ probes })).toMatchObject({
    files: 'ok',
    'log-probabilities': 'ok',
    'attention-statistics': 'ok',
  });
  const digest = files?.status === 'ok' ? (files.data as FilesEvidence).weightsDigest : null;
  const data = [scored, attended].map((status) => (status?.status === 'ok' ? status.data : null));
  return { digest, data };
}

describe('a hub cache', () => {
  test.each(['folio/full-2', 'quill/student-1a'])('of %s gives what the folder gives', async (model) => {
    const source = candidate({}, model);
    expect(await seen(cached(source).snapshot)).toEqual(await seen(source));
  });

  test('without an onnx folder too', async () => {
    const source = flat(candidate({}, 'folio/full-2'));
    expect(await seen(cached(source).snapshot)).toEqual(await seen(source));
  });

  test('whose weights lead outside is refused', async () => {
    const source = candidate({}, 'folio/full-2');
    const { snapshot } = cached(source);
    const link = join(snapshot, 'onnx/model.onnx_data');
    rmSync(link);
    symlinkSync(join(source, 'onnx/model.onnx_data'), link);
    expect(await rejection(attention(snapshot, IDS))).toBe('PATH_ESCAPES');
  });

  test('whose blob is itself a link that leads outside is refused', async () => {
    const source = candidate({}, 'folio/full-2');
    const { snapshot, blob } = cached(source);
    const target = blob('onnx/model.onnx_data');
    rmSync(target);
    symlinkSync(join(source, 'onnx/model.onnx_data'), target);
    expect(await rejection(attention(snapshot, IDS))).toBe('PATH_ESCAPES');
  });

  test('whose weights are those of another model of the hub is refused', async () => {
    const other = cached(candidate({}, 'folio/full-2'));
    const { snapshot } = cached(candidate({}, 'folio/full-2'));
    const link = join(snapshot, 'onnx/model.onnx_data');
    rmSync(link);
    symlinkSync(join(other.snapshot, 'onnx/model.onnx_data'), link);
    expect(await rejection(attention(snapshot, IDS))).toBe('PATH_ESCAPES');
  });
});

/** External weights of the grouped fixture, told to be elsewhere. */
function relocated(change: (at: number) => string): string {
  const path = join(folder, `moved-${caches++}`);
  cpSync(assemble('gqa', folder, 'attention'), path, { recursive: true });
  const file = join(path, 'onnx/model.onnx');
  const model = parseModel(readFileSync(file));
  let at = 0;
  for (const tensor of model.graph.initializers)
    tensor.fields = tensor.fields.map((field) => {
      if (field.number !== 13 || !Buffer.from(field.value as Uint8Array).includes('weights.bin'))
        return field;
      const entry = [...len(1, 'location'), ...len(2, change(at++))];
      return { ...field, value: Uint8Array.from(entry) };
    });
  expect(at).toBeGreaterThan(4);
  writeFileSync(file, writeModel(model));
  return path;
}

describe('external data of the tapped graph', () => {
  test.each(['../../weights.bin', '/dev/zero', '/etc/hostname', 'a/../../../x', '*/_ORT_MEM_ADDR_/*'])(
    'at %j are not opened',
    async (location) => {
      expect(
        await rejection(
          attention(
            relocated(() => location),
            IDS,
          ),
        ),
      ).toBe('PATH_ESCAPES');
    },
  );

  test('behind a link out of the folder are not opened', async () => {
    const path = relocated(() => 'link.bin');
    symlinkSync('/dev/zero', join(path, 'onnx/link.bin'));
    expect(await rejection(attention(path, IDS))).toBe('PATH_ESCAPES');
  });

  test('in two files, one of them in a folder below', async () => {
    const path = relocated((at) => (at % 2 ? 'weights.bin' : 'parts/second.bin'));
    mkdirSync(join(path, 'onnx/parts'));
    cpSync(join(path, 'onnx/weights.bin'), join(path, 'onnx/parts/second.bin'));
    const plain = await attention(assemble('gqa', folder, 'attention'), IDS);
    expect((await attention(path, IDS)).entropyBits).toEqual(plain.entropyBits);
    expect((await attention(cached(path).snapshot, IDS)).entropyBits).toEqual(plain.entropyBits);
  });

  // The ONNX specification allows no "..", and ONNX Runtime refuses it.
  test('in a file beside the folder of the graph are not opened, even inside the delivery', async () => {
    const path = relocated(() => '../weights.bin');
    cpSync(join(path, 'onnx/weights.bin'), join(path, 'weights.bin'));
    expect(await rejection(attention(path, IDS))).toBe('PATH_ESCAPES');
  });
});

test('a graph with its weights inside is mapped from its own file', async () => {
  const plain = await attention(assemble('gqa', folder, 'attention'), IDS);
  const path = join(folder, 'inline');
  cpSync(assemble('gqa', folder, 'attention'), path, { recursive: true });
  const model = parseModel(readFileSync(join(path, 'onnx/model.onnx')));
  model.graph.initializers.push(tensorOf('unused', [4096], new Float32Array(4096)));
  writeFileSync(join(path, 'onnx/model.onnx'), writeModel(model));
  expect((await attention(path, IDS)).entropyBits).toEqual(plain.entropyBits);
});
