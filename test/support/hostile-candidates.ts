import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CollectOptions, collect, type Evidence } from '../../dist/esm/index.js';

/** The built package: the runtime child is a file of the build. */
export const CLI = fileURLToPath(new URL('../../dist/esm/cli/main.js', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export const fixturePath = (path: string): string => join(FIXTURES, path);

/** An empty folder that goes away with the run. */
export function scratch(base = tmpdir()): string {
  return mkdtempSync(join(base, 'assay-hostile-'));
}

/** A copy of a fixture model with some files replaced. */
export function candidate(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  model = 'quill/student-1a',
): string {
  const folder = scratch();
  cpSync(fixturePath(`models/${model}`), folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  return folder;
}

/** A folder whose graph is one of fixtures/hostile, with a genuine tokenizer and configuration. */
export function hostileModel(name: string): string {
  const folder = candidate();
  cpSync(fixturePath(`hostile/${name}.onnx`), join(folder, 'onnx/model.onnx'));
  return folder;
}

/** The code every probe ended with: `ok`, `unavailable` or an error code. */
export async function codes(path: string, options: CollectOptions = {}): Promise<Record<string, string>> {
  return codesOf(await collect(path, options));
}

export function codesOf({ probes }: Pick<Evidence, 'probes'>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(probes).map(([id, status]) => [
      id,
      status.status === 'failed' ? status.error.code : status.status,
    ]),
  );
}

/** The code a promise is rejected with. */
export async function rejection(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'resolved',
    (error: { code?: string }) => error.code ?? 'uncoded',
  );
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  /** Send this when stderr first matches. */
  readonly interrupt?: { readonly on: RegExp; readonly signal?: NodeJS.Signals; readonly afterMs?: number };
}

/** Run the command line and wait for its end. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { env, cwd, uid, interrupt } = options;
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
  });
  const result = { stdout: '', stderr: '' };
  let sent = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    result.stderr += text;
    if (sent || !interrupt?.on.test(result.stderr)) return;
    sent = true;
    setTimeout(() => child.kill(interrupt.signal ?? 'SIGINT'), interrupt.afterMs ?? 0);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...result }));
  });
}

/** The single JSON document of standard output. */
export function onlyDocument(stdout: string): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The code of an error document. */
export function documentCode(stdout: string): string {
  const { schema, error } = onlyDocument(stdout) as { schema: string; error?: { code: string } };
  return schema === 'error/1' ? (error?.code ?? 'none') : schema;
}
