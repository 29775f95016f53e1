import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collect } from '../../dist/esm/index.js';
import { CLI, candidate, cli, codes, hostileModel } from '../support/hostile-candidates.js';

const CANARY = 'canary-7f3a9c';

test('a graph that makes native code divide by zero costs only the child', async () => {
  expect(await codes(hostileModel('division-by-zero'))).toEqual({
    files: 'ok',
    architecture: 'ok',
    quantization: 'ok',
    'tensor-digests': 'ok',
    lineage: 'ok',
    generation: 'RUNTIME_CRASHED',
    repetition: 'unavailable',
    'log-probabilities': 'RUNTIME_CRASHED',
    latency: 'RUNTIME_CRASHED',
    'attention-statistics': 'RUNTIME_CRASHED',
  });
});

test('a graph that never ends is stopped, twice, and not tried again', async () => {
  const found = await codes(hostileModel('endless-loop'), { timeoutMs: 500 });
  expect(found).toMatchObject({ generation: 'RUNTIME_TIMEOUT', latency: 'RUNTIME_TIMEOUT' });
});

test('a graph that allocates 8 GiB is stopped', async () => {
  const found = await codes(hostileModel('allocation'), { only: ['latency'], memoryBytes: 2 ** 29 });
  expect(found.latency).toMatch(/^(RUNTIME_MEMORY|MODEL_RUN_FAILED)$/);
});

test.skipIf(!existsSync('/proc/self/status'))(
  'the child ends with a parent that was killed during a run',
  async () => {
    const parent = spawn(process.execPath, [
      CLI,
      'collect',
      hostileModel('endless-loop'),
      '--only',
      'latency',
    ]);
    const child = await eventually(() => childrenOf(parent.pid ?? 0)[0]);
    await eventually(() => (cpuTicks(child) > 20 ? true : undefined));
    parent.kill('SIGKILL');
    await eventually(() => (alive(child) ? undefined : true));
  },
);

test.skipIf(!existsSync('/proc/self/environ'))(
  'no secret of the environment reaches the child or the evidence',
  async () => {
    const folder = hostileModel('endless-loop');
    const parent = spawn(process.execPath, [CLI, 'collect', folder, '--only', 'latency', '--timeout', '1'], {
      env: { PATH: process.env.PATH, HF_TOKEN: CANARY, NODE_OPTIONS: `--title=${CANARY}` },
    });
    const output: string[] = [];
    parent.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    const ended = new Promise((resolve) => parent.on('close', resolve));
    const child = await eventually(() => childrenOf(parent.pid ?? 0)[0]);
    await eventually(() =>
      readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('child.js') ? true : undefined,
    );
    const environment = readFileSync(`/proc/${child}/environ`, 'utf8');
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain(CANARY);
    expect(await ended).toBe(4);
    expect(output.join('')).not.toContain(CANARY);
  },
);

test.each(['no such folder with spaces', 'truncated'])(
  'evidence names no folder of the auditor: %s',
  async (kind) => {
    const folder = candidate(kind === 'truncated' ? { 'tokenizer.json': '{' } : {});
    const broken = hostileModel('division-by-zero');
    const evidence = [await collect(folder), await collect(broken, { only: ['generation'] })];
    expect(JSON.stringify(evidence)).not.toContain(folder.split('/').slice(0, -1).join('/'));
  },
);

test('a tensor of the wrong shape in a genuine graph names no folder', async () => {
  const { stdout, code } = await cli([
    'collect',
    hostileModel('division-by-zero'),
    '--json',
    '--threads',
    '1',
  ]);
  expect(code).toBe(4);
  expect(stdout).not.toMatch(/\/(tmp|home|work|root|Users|var)\//);
});

async function eventually<T>(probe: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const value = probe();
    if (value !== undefined) return value;
    await sleep(20);
  }
  throw new Error('it did not happen within 4 s');
}

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** A zombie waits for its new parent and runs no more. */
function alive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
