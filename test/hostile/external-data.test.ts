import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, type FilesEvidence } from '../../dist/esm/index.js';
import { candidate, codes, fixturePath } from '../support/hostile-candidates.js';

const GENUINE = 'model.onnx_data';
const ONLY = { only: ['files', 'architecture', 'latency'] };

/** The folio model with its external data elsewhere; a location of the same length keeps the file well-formed. */
function relocated(location: string): string {
  expect(location).toHaveLength(GENUINE.length);
  const folder = candidate({}, 'folio/full-2');
  const path = join(folder, 'onnx/model.onnx');
  const text = readFileSync(path).toString('latin1');
  writeFileSync(path, Buffer.from(text.replaceAll(GENUINE, location), 'latin1'));
  return folder;
}

test.each([
  '../../../secret',
  'a/../../../data',
  '/etc/os-release',
  'a\\..\\..\\secrets',
  'model.onnx\0data',
  '*/_ORT_MEM_ADDR',
])('weights at %j are not opened', async (location) => {
  expect(await codes(relocated(location), ONLY)).toEqual({
    files: 'ok',
    architecture: 'PATH_ESCAPES',
    latency: 'PATH_ESCAPES',
  });
});

test('weights that are missing', async () => {
  expect(await codes(relocated('absent.bin.data'), ONLY)).toMatchObject({
    files: 'ok',
    latency: 'FILE_UNREADABLE',
  });
});

test('weights behind a link that leaves the folder', async () => {
  const folder = candidate({}, 'folio/full-2');
  const data = join(folder, 'onnx', GENUINE);
  rmSync(data);
  symlinkSync(fixturePath(`models/folio/full-2/onnx/${GENUINE}`), data);
  expect(await codes(folder, ONLY)).toMatchObject({
    files: 'PATH_ESCAPES',
    latency: 'PATH_ESCAPES',
  });
});

test('truncated weights', async () => {
  const half = readFileSync(fixturePath(`models/folio/full-2/onnx/${GENUINE}`)).subarray(0, 4096);
  const folder = candidate({ [`onnx/${GENUINE}`]: half }, 'folio/full-2');
  expect(await codes(folder, ONLY)).toMatchObject({
    architecture: 'FORMAT_TRUNCATED',
    latency: 'FORMAT_TRUNCATED',
  });
});

test('weights in a folder that is not listed are digested', async () => {
  const folder = relocated('../.cache/d.bin');
  cpSync(join(folder, 'onnx', GENUINE), join(folder, '.cache/d.bin'));
  expect(digested(await collect(folder, ONLY)).weights).toEqual(['.cache/d.bin', 'onnx/model.onnx']);
});

test('the digest of a bare model file covers its external weights', async () => {
  const folder = candidate({}, 'folio/full-2');
  const whole = digested(await collect(folder, ONLY));
  const bare = digested(await collect(join(folder, 'onnx/model.onnx'), ONLY));
  expect(bare.weightsDigest).toBe(whole.weightsDigest);
});

test('a digest without the weights matches nothing', async () => {
  const folder = relocated('absent.bin.data');
  const other = relocated('absent.bin.data');
  writeFileSync(join(other, 'onnx/absent.bin.data'), 'x');
  expect(digested(await collect(folder, ONLY)).weightsDigest).not.toBe(
    digested(await collect(other, ONLY)).weightsDigest,
  );
});

function digested({ probes }: Awaited<ReturnType<typeof collect>>): FilesEvidence {
  const status = probes.files;
  if (status?.status !== 'ok') throw new Error('the files probe failed');
  return status.data as FilesEvidence;
}
