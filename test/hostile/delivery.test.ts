import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collect, fingerprint } from '../../dist/esm/index.js';
import {
  candidate,
  cli,
  codes,
  codesOf,
  fixturePath,
  hostileModel,
  rejection,
  scratch,
} from '../support/hostile-candidates.js';

const STATIC = { only: ['files', 'architecture'] };
const MODEL = 'onnx/model.onnx';

/** Config.json alone is worth reading. */
function withoutMetadata(): string {
  const folder = candidate();
  unlinkSync(join(folder, 'config.json'));
  return folder;
}

test('a path that does not exist', async () => {
  expect(await rejection(collect(join(scratch(), 'none')))).toBe('CANDIDATE_NOT_FOUND');
});

test('a path with a NUL byte', async () => {
  expect(await rejection(collect('a\0b'))).toBe('CANDIDATE_NOT_FOUND');
});

test('an empty folder', async () => {
  expect(await rejection(collect(scratch()))).toBe('CANDIDATE_EMPTY');
});

test('a folder without a model or metadata', async () => {
  const folder = withoutMetadata();
  unlinkSync(join(folder, MODEL));
  expect(await rejection(collect(folder))).toBe('CANDIDATE_UNSUPPORTED');
});

test('a folder of metadata is read as that, and says so', async () => {
  const folder = candidate();
  unlinkSync(join(folder, MODEL));
  const { probes, warnings } = await collect(folder);
  expect(codesOf({ probes })).toMatchObject({ architecture: 'ok', generation: 'unavailable' });
  expect(warnings).toContain('The folder holds no weights; its metadata alone were read.');
});

test.each(['pytorch_model.bin', 'model.pt', 'model.pkl', 'model.ckpt'])(
  '%s runs code and is refused',
  async (name) => {
    const folder = scratch();
    writeFileSync(join(folder, name), '\x80\x04cos\nsystem\n.');
    expect(await rejection(collect(folder))).toBe('CANDIDATE_UNSUPPORTED');
    expect(await rejection(collect(join(folder, name)))).toBe('CANDIDATE_UNSUPPORTED');
  },
);

test.each([
  ['empty', new Uint8Array()],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n')],
  ['text', Buffer.from('not a model at all')],
  ['zeros', new Uint8Array(4096)],
  ['ones', new Uint8Array(4096).fill(255)],
])('a model file that is %s', async (_, content) => {
  const found = await codes(candidate({ [MODEL]: content }));
  expect(found).toMatchObject({ files: 'ok', repetition: 'unavailable' });
  const rest = ['architecture', 'generation', 'latency'].map((probe) => found[probe]);
  expect(new Set(rest)).toEqual(new Set(['FORMAT_INVALID']));
});

test('a truncated model', async () => {
  const whole = readFileSync(fixturePath(`models/quill/student-1a/${MODEL}`));
  const found = await codes(candidate({ [MODEL]: whole.subarray(0, whole.length >> 1) }));
  expect(found).toMatchObject({
    files: 'ok',
    architecture: 'FORMAT_TRUNCATED',
    generation: 'FORMAT_TRUNCATED',
  });
});

test('a sparse model of 10 GB', async () => {
  const folder = candidate();
  truncateSync(join(folder, MODEL), 10 * 2 ** 30);
  expect(await codes(folder, { only: ['architecture'] })).toEqual({ architecture: 'FORMAT_INVALID' });
});

test('a sparse config.json of 10 GB', async () => {
  const folder = candidate();
  truncateSync(join(folder, 'config.json'), 10 * 2 ** 30);
  expect(await codes(folder, { only: ['architecture'] })).toEqual({ architecture: 'FORMAT_LIMIT' });
});

test('a sparse neighbour raises no limit of the runtime', async () => {
  const folder = hostileModel('allocation');
  writeFileSync(join(folder, 'template.data'), '');
  truncateSync(join(folder, 'template.data'), 2 ** 40);
  const found = await codes(folder, { only: ['latency'] });
  // A machine without 8 GiB refuses the allocation itself.
  expect(found.latency).toMatch(/^(RUNTIME_MEMORY|MODEL_RUN_FAILED)$/);
});

test('a folder named model.onnx', async () => {
  const folder = withoutMetadata();
  unlinkSync(join(folder, MODEL));
  mkdirSync(join(folder, MODEL));
  expect(await rejection(collect(folder))).toBe('CANDIDATE_UNSUPPORTED');
});

test.skipIf(process.platform === 'win32')('a FIFO named model.onnx does not block', async () => {
  const folder = withoutMetadata();
  unlinkSync(join(folder, MODEL));
  execFileSync('mkfifo', [join(folder, MODEL)]);
  expect(await rejection(collect(folder))).toBe('CANDIDATE_UNSUPPORTED');
  expect(await rejection(collect(join(folder, MODEL)))).toBe('FILE_UNREADABLE');
});

test('a dangling link named model.onnx', async () => {
  const folder = candidate();
  rmSync(join(folder, MODEL));
  symlinkSync('nowhere', join(folder, MODEL));
  expect(await rejection(collect(folder))).toBe('FILE_UNREADABLE');
});

test('a model that is a link out of the folder', async () => {
  const folder = candidate();
  rmSync(join(folder, MODEL));
  symlinkSync(fixturePath(`models/quill/full-1/${MODEL}`), join(folder, MODEL));
  expect(await rejection(collect(folder))).toBe('PATH_ESCAPES');
});

test('a neighbour that is a link out of the folder keeps the architecture', async () => {
  const folder = candidate();
  symlinkSync('/etc/passwd', join(folder, 'notes.txt'));
  expect(await codes(folder, STATIC)).toEqual({ files: 'PATH_ESCAPES', architecture: 'ok' });
});

test('links in a loop', async () => {
  const folder = candidate();
  symlinkSync('b', join(folder, 'a'));
  symlinkSync('a', join(folder, 'b'));
  symlinkSync('.', join(folder, 'self'));
  expect(await codes(folder, STATIC)).toEqual({ files: 'FILE_UNREADABLE', architecture: 'ok' });
});

test.skipIf(process.platform === 'win32')('a file this user may not read', async () => {
  const folder = candidate();
  chmodSync(folder, 0o755);
  chmodSync(join(folder, MODEL), 0);
  // Root reads everything, so root becomes nobody.
  const root = process.getuid?.() === 0;
  const { code, stdout } = await cli(['fingerprint', folder, '--json'], root ? { uid: 65534 } : {});
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'error/1', error: { code: 'FILE_UNREADABLE' } });
});

test('more entries than a model has', async () => {
  const folder = scratch(existsSync('/dev/shm') ? '/dev/shm' : undefined);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (let i = 0; i < 10_001; i++) mkdirSync(join(folder, String(i)));
  expect(await rejection(collect(folder, STATIC))).toBe('FORMAT_LIMIT');
});

test('folders without end', async () => {
  const folder = candidate();
  mkdirSync(join(folder, ...Array.from({ length: 200 }, () => 'd')), { recursive: true });
  expect(await rejection(collect(folder, STATIC))).toBe('FORMAT_LIMIT');
});

test.skipIf(process.platform === 'win32')(
  'file names that steer terminals or look like options',
  async () => {
    const folder = candidate({ '-rf': '', '\u001b[2J\u0007': '', '..data': '', __proto__: '' });
    const evidence = await fingerprint(folder);
    expect(codesOf(evidence)).toEqual({ files: 'ok', architecture: 'ok', quantization: 'ok' });
    const { code, stdout } = await cli(['fingerprint', folder]);
    expect(code).toBe(0);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  },
);
