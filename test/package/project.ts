import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const MODELS = join(ROOT, 'fixtures/models/folio');
const CONSUMERS = join(ROOT, 'test/consumers');

/** What npm and Vitest leave in the environment of a test and a consumer's own shell would not have. */
const INHERITED = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|npm_(package|lifecycle|config_local_prefix))/;

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/** Run a program to its end; a failure is a result. */
export function run(program: string, args: readonly string[], cwd: string, env = {}): Promise<Finished> {
  const kept = Object.entries(process.env).filter(([name]) => !INHERITED.test(name));
  const settings = {
    cwd,
    env: { ...Object.fromEntries(kept), ONNXRUNTIME_NODE_INSTALL: 'skip', MODELS, ...env },
    maxBuffer: 64 * 2 ** 20,
    timeout: 120_000,
  };
  return new Promise((resolve) => {
    execFile(program, [...args], settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, output: `${stdout}\n${stderr}\n${error?.message ?? ''}` });
    });
  });
}

export async function mustRun(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, output } = await run(program, args, cwd);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}\n${output}`);
  return stdout;
}

export interface Project {
  readonly folder: string;
  readonly tarball: string;
  /** Make the repository's onnxruntime-node resolvable for the installed package. */
  linkRuntime(): void;
  remove(): void;
}

/**
 * One consumer with everything installed from the packed tarball, except the 288 MB runtime: npm is told a stub
 * stands for it, and the stub is taken away, so that the project starts without a runtime.
 */
export async function installProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-consumer-'));
  const packed = JSON.parse(
    await mustRun('npm', ['pack', '--json', '--pack-destination', folder], ROOT),
  ) as readonly { readonly filename: string }[];
  const tarball = join(folder, packed[0]?.filename ?? '');
  const runtime = join(folder, 'node_modules/onnxruntime-node');
  mkdirSync(join(folder, 'stub'));
  writeJson(join(folder, 'stub/package.json'), { name: 'onnxruntime-node', version: '1.30.0' });
  writeJson(join(folder, 'package.json'), manifest(tarball));
  await mustRun('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
  rmSync(runtime, { recursive: true });
  copyConsumers(folder);
  return {
    folder,
    tarball,
    linkRuntime: () => symlinkSync(join(ROOT, 'node_modules/onnxruntime-node'), runtime, 'dir'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function manifest(tarball: string): object {
  return {
    name: 'consumer',
    private: true,
    dependencies: { 'model-assay': `file:${tarball}` },
    devDependencies: {
      '@jest/globals': '30.5.2',
      '@types/jest': '30.0.0',
      '@types/node': '20.19.43',
      jest: '30.5.2',
      vitest: '4.1.12',
    },
    overrides: { 'onnxruntime-node': 'file:./stub' },
    jest: { testMatch: ['**/*.jest.?js'], testTimeout: 60_000, transform: {}, watchman: false },
  };
}

/** Test files get the names their runner looks for only here, where this repository's own run does not see them. */
function copyConsumers(folder: string): void {
  cpSync(CONSUMERS, folder, { recursive: true });
  cpSync(join(CONSUMERS, 'vitest.ts'), join(folder, 'matchers.test.ts'));
  cpSync(join(CONSUMERS, 'jest-require.cjs'), join(folder, 'require.jest.cjs'));
  cpSync(join(CONSUMERS, 'jest-import.mjs'), join(folder, 'import.jest.mjs'));
}

export function writeJson(path: string, value: object): void {
  writeFileSync(path, JSON.stringify(value, null, 2));
}
