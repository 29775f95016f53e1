import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { ErrorRecord, Evidence, Report } from 'model-assay';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installProject, MODELS, mustRun, type Project, ROOT, run, writeJson } from './project.js';

const FULL = join(MODELS, 'full-1');
const STUDENT = join(MODELS, 'student-1a');
const TIMEOUT = 120_000;
const tool = (name: string): string => join(ROOT, 'node_modules/.bin', name);

let project: Project;
const assay = (...args: string[]) =>
  run(process.execPath, ['node_modules/.bin/model-assay', ...args], project.folder);

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/esm/index.js'))) throw new Error('Nothing to pack: npm run build first.');
  project = await installProject();
}, TIMEOUT);
afterAll(() => project?.remove(), TIMEOUT);

describe('the tarball', () => {
  test('holds the library and its data, and nothing else', async () => {
    const listed = (await mustRun('tar', ['-tzf', project.tarball], project.folder)).trim().split('\n');
    const top = new Set(listed.map((path) => path.split('/')[1]));
    const optional = ['README.md', 'LICENSE', 'CHANGELOG.md'].filter((file) => existsSync(join(ROOT, file)));
    expect([...top].sort()).toEqual(
      ['dist', 'package.json', 'profiles', 'schemas', 'suites', 'tokenizers', ...optional].sort(),
    );
    expect(listed.filter((path) => /\.test\.|fixtures|\.onnx$/.test(path))).toEqual([]);
  });

  test('names no path of the machine it was built on', () => {
    const folder = join(project.folder, 'node_modules/model-assay');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const ancestors = ROOT.split(sep).map(
      (_, depth, names) => `${names.slice(0, depth + 1).join(sep)}${sep}`,
    );
    const places = [...ancestors.slice(1), ['..', 'shared'].join('/')];
    const telling = files.filter((file) => {
      const text = readFileSync(join(file.parentPath, file.name), 'utf8');
      return places.some((place) => text.includes(place));
    });
    expect(files.length).toBeGreaterThan(100);
    expect(telling.map(({ name }) => name)).toEqual([]);
  });

  test('keeps the runtime and keyless verification optional', () => {
    const text = readFileSync(join(project.folder, 'node_modules/model-assay/package.json'), 'utf8');
    const { dependencies, optionalDependencies } = JSON.parse(text);
    expect(optionalDependencies).toEqual({
      '@sigstore/bundle': '4.0.0',
      '@sigstore/protobuf-specs': '0.5.2',
      '@sigstore/verify': '3.1.1',
      'onnxruntime-node': '1.30.0',
    });
    expect(dependencies).not.toHaveProperty('onnxruntime-node');
  });

  test('satisfies publint and attw', { timeout: TIMEOUT }, async () => {
    await mustRun(tool('publint'), ['run', project.tarball, '--strict'], project.folder);
    await mustRun(tool('attw'), [project.tarball, '--profile', 'node16'], project.folder);
  });
});

describe('without onnxruntime-node', { timeout: TIMEOUT }, () => {
  test('audit says what is missing and how to get it', async () => {
    const { code, stdout } = await assay('audit', FULL, '--profile', 'folio', '--json');
    expect(code).not.toBe(0);
    const { verdict, probes } = JSON.parse(stdout) as Report;
    expect(verdict.outcome).toBe('inconclusive');
    const missing: Partial<ErrorRecord> = {
      code: 'RUNTIME_MISSING',
      hint: expect.stringContaining('ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node'),
    };
    expect(probes['attention-statistics']).toMatchObject({ status: 'failed', error: missing });
  });

  test('fingerprint needs none', async () => {
    const { code, stdout } = await assay('fingerprint', FULL, '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Evidence).probes.architecture?.status).toBe('ok');
  });
});

describe('installed', { timeout: TIMEOUT }, () => {
  beforeAll(() => project.linkRuntime());

  test.each([
    ['import', 'esm.mjs'],
    ['require', 'cjs.cjs'],
  ])('works by %s', async (_, script) => {
    const { stdout, output } = await run(process.execPath, [script, STUDENT], project.folder);
    expect(stdout, output).not.toBe('');
    expect(JSON.parse(stdout)).toEqual({
      outcome: 'refuted',
      kind: 'distilled',
      profiles: expect.arrayContaining(['quill']),
      branded: true,
    });
  });

  test('works by npx', async () => {
    const args = ['--no-install', 'model-assay', 'audit', STUDENT, '--profile', 'folio', '--json'];
    const { code, stdout } = await run('npx', args, project.folder);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Report).verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled' });
  });

  test('works in Vitest', async () => {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout=60000'];
    const { code, output } = await run(process.execPath, args, project.folder);
    expect(code, output).toBe(0);
    expect(output).toContain('1 passed');
  });

  test('works in Jest, by require and by import', async () => {
    const args = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--ci'];
    const { code, output } = await run(process.execPath, args, project.folder);
    expect(code, output).toBe(0);
    expect(output).toContain('3 passed');
  });
});

test('the type declarations check without skipLibCheck', { timeout: TIMEOUT }, async () => {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node', 'jest'],
  };
  writeJson(join(project.folder, 'tsconfig.json'), { compilerOptions, include: ['types'] });
  await mustRun(tool('tsc'), ['-p', project.folder], project.folder);
});
