import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { OnnxModel } from '../../src/formats/onnx/types.js';
import { openDelivery } from '../../src/io/files.js';
import { checkedExternalFiles } from '../../src/sources/external-files.js';
import { FLOAT, failure, graph, initializer, read } from '../support/onnx.js';
import { int, len } from '../support/protobuf.js';

const root = mkdtempSync(join(tmpdir(), 'assay-external-'));
let folder = '';
let made = 0;

beforeEach(() => {
  folder = join(root, String(made++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), 'unread');
  writeFileSync(join(folder, 'w.bin'), new Uint8Array(64));
});
afterAll(() => rmSync(root, { recursive: true }));

const entry = (name: string, text: string) => len(13, len(1, name), len(2, text));

/** Four floats at each offset of a file. */
function model(location: string, ...offsets: readonly number[]): Promise<OnnxModel> {
  const tensors = offsets.map((offset, i) =>
    initializer(
      len(8, `w${i}`),
      int(1, 4),
      FLOAT,
      entry('location', location),
      entry('offset', String(offset)),
      int(14, 1),
    ),
  );
  return read(graph(...tensors));
}

const check = async (location: string, ...offsets: readonly number[]) =>
  checkedExternalFiles(await model(location, ...offsets), 'model.onnx', await openDelivery(folder));
const refusal = async (location: string, ...offsets: readonly number[]) => {
  const { code, fault, offset } = await failure(check(location, ...offsets));
  return [code, fault, offset];
};

describe('ranges', () => {
  test('side by side, with gaps and in any order', async () => {
    expect(await check('w.bin', 48, 0, 16)).toEqual(['w.bin']);
  });

  test('that are the same are of tied tensors', async () => {
    expect(await check('w.bin', 16, 0, 16, 16)).toEqual(['w.bin']);
  });

  test.each([[[0, 8]], [[16, 0, 4]], [[16, 16, 20]]])('%j overlap', async (offsets) => {
    const [code, fault] = await refusal('w.bin', ...offsets);
    expect([code, fault]).toEqual(['FORMAT_INVALID', 'ONNX_EXTERNAL_OVERLAP']);
  });

  test('past the end of the file', async () => {
    expect(await refusal('w.bin', 49)).toEqual(['FORMAT_TRUNCATED', 'ONNX_EXTERNAL_END', 2]);
  });
});

describe('locations', () => {
  test.each([
    '/etc/hostname',
    '../w.bin',
    'a/../w.bin',
    'a/../../x',
    'a\\w.bin',
    'C:w.bin',
    'c:/w.bin',
    'w.bin\0',
    '*/_ORT_MEM_ADDR_/*',
  ])('%j is not opened', async (location) => {
    expect(await refusal(location, 0)).toEqual(['PATH_ESCAPES', 'ONNX_EXTERNAL_PATH', 2]);
  });

  test.each(['w.bin', './w.bin', 'parts/w.bin', '..w.bin', 'onnx::MatMul_1'])('%j is', async (location) => {
    mkdirSync(join(folder, 'parts'));
    if (location !== 'w.bin' && location !== './w.bin') cpSync(join(folder, 'w.bin'), join(folder, location));
    expect(await check(location, 0)).toHaveLength(1);
  });

  test('a hard link is the file', async () => {
    linkSync(join(folder, 'w.bin'), join(folder, 'hard.bin'));
    expect(await check('hard.bin', 0)).toEqual(['hard.bin']);
  });

  test('a link inside the folder leads to a file of the folder', async () => {
    symlinkSync('w.bin', join(folder, 'link.bin'));
    expect(await check('link.bin', 0)).toEqual(['link.bin']);
  });

  test('links out of the folder, also in a folder on the way, are not followed', async () => {
    const outside = join(root, `outside-${made}`);
    mkdirSync(outside);
    writeFileSync(join(outside, 'w.bin'), new Uint8Array(64));
    symlinkSync(join(outside, 'w.bin'), join(folder, 'link.bin'));
    symlinkSync(outside, join(folder, 'parts'));
    for (const location of ['link.bin', 'parts/w.bin'])
      expect((await failure(check(location, 0))).code).toBe('PATH_ESCAPES');
  });

  test('a folder is no file, and a missing file none either', async () => {
    mkdirSync(join(folder, 'parts'));
    for (const location of ['parts', 'absent.bin'])
      expect((await failure(check(location, 0))).code).toBe('FILE_UNREADABLE');
  });

  test('an empty file holds no tensor', async () => {
    truncateSync(join(folder, 'w.bin'), 0);
    expect(await refusal('w.bin', 0)).toEqual(['FORMAT_TRUNCATED', 'ONNX_EXTERNAL_END', 2]);
  });
});
