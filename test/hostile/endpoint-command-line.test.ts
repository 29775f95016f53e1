import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/core/types.js';
import { ATTACKS, type Attack } from '../support/hostile-endpoints.js';
import { httpAnswer, rawServer } from '../support/raw-server.js';
import { finish, stream } from '../support/read-reply.js';

const MAIN = fileURLToPath(new URL('../../dist/esm/cli/main.js', import.meta.url));
const PEAK = fileURLToPath(new URL('../support/peak-memory.cjs', import.meta.url));
const MAX_MB = 200;
const KEY = 'sk-secret-abcdef123456';

interface Run {
  readonly status: number | null;
  readonly output: string;
  readonly peakMb: number;
  readonly evidence: Evidence;
}

async function audit(attack: Attack, flags: readonly string[] = []): Promise<Run> {
  const server = await rawServer(attack);
  const file = join(mkdtempSync(join(tmpdir(), 'assay-')), 'evidence.json');
  const child = spawn(
    process.execPath,
    [
      ...[
        '--require',
        PEAK,
        MAIN,
        'audit',
        server.url,
        '--model',
        'm',
        '--profile',
        'deepseek-r1',
        '--claim',
        'full',
      ],
      ...[
        '--allow-private-addresses',
        '--api-key-env',
        'ASSAY_TEST_KEY',
        '--evidence',
        file,
        '--no-progress',
      ],
      ...['--timeout', '1', '--time-limit', '20', ...flags],
    ],
    { env: { ...process.env, ASSAY_TEST_KEY: KEY } },
  );
  let output = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (text) => (output += text));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await server.close();
  return {
    status,
    output,
    peakMb: Number(/PEAK_KB (\d+)/.exec(output)?.[1]) / 1024,
    evidence: JSON.parse(readFileSync(file, 'utf8')) as Evidence,
  };
}

const attack = (name: string): Attack => ATTACKS[name]?.[1] ?? (() => undefined);
const failures = ({ evidence }: Run): string[] =>
  Object.values(evidence.probes).flatMap((probe) =>
    probe.status === 'failed' ? [String(probe.error.fault)] : [],
  );

describe('assay audit of a hostile endpoint', { timeout: 60_000 }, () => {
  it.concurrent.each([
    'a stream without end',
    'ten gigabytes of JSON',
    'a million numbers',
    'one byte at a time',
  ])('%s: exit code 4, little memory, evidence kept, no key', async (name) => {
    const run = await audit(attack(name));
    expect(run.status).toBe(4);
    expect(run.peakMb).toBeGreaterThan(20);
    expect(run.peakMb).toBeLessThan(MAX_MB);
    expect(failures(run).length).toBeGreaterThan(1);
    expect(JSON.stringify(run.evidence) + run.output).not.toContain('secret');
  });

  it.concurrent('that turns hostile keeps what it gave before, and is not asked for ever', async () => {
    const run = await audit((socket, request) => {
      if (request.startsWith('GET'))
        socket.write(httpAnswer(JSON.stringify({ data: [{ id: 'm', max_model_len: 4096 }] })));
      else if (request.includes('100000000'))
        socket.write(httpAnswer('{"error":"no"}', { status: '400 Bad Request' }));
      else attack('a reset in the middle')(socket, request);
    });
    expect(run.status).toBe(3);
    expect(run.evidence.probes['service-facts']).toMatchObject({
      status: 'ok',
      data: { maxPositions: 4096 },
    });
    expect(failures(run)).toContain('ENDPOINT_CUT');
  });

  it.concurrent('that answers each request slowly ends when the time of the audit is over', async () => {
    const from = performance.now();
    const slow: Attack = (socket) =>
      setTimeout(() => socket.write(httpAnswer(stream({ content: 'ok\u001b[2J' }, finish))), 700);
    const run = await audit(slow, ['--time-limit', '3']);
    expect(performance.now() - from).toBeLessThan(40_000);
    expect([3, 4]).toContain(run.status);
    expect(failures(run)).toContain('ENDPOINT_OVER_TIME');
    expect(run.output).not.toContain('\u001b[2J');
  });
});
