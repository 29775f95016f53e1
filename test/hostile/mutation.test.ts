import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect, type Evidence, loadProfile, type Report, score } from '../../dist/esm/index.js';
import { seededRng } from '../../src/core/rng.js';
import { assemble, scratch } from '../support/exports.js';
import { fixturePath } from '../support/hostile-candidates.js';
import { SharedRuntime } from '../support/shared-runtime.js';

interface TextEvidence {
  readonly target: readonly number[];
}
interface Judged {
  readonly change: string;
  readonly evidence: Evidence;
  readonly report: Report;
}

const COUNT = 210;
/** As many as the smallest build machine has cores. */
const WORKERS = 2;
const LIMITS = {
  only: ['architecture', 'log-probabilities'],
  timeoutMs: 4000,
  memoryBytes: 2 ** 30,
  threads: 1,
};
const MODEL = 'onnx/model.onnx';

const genuine = readFileSync(fixturePath(`models/quill/full-1/${MODEL}`));
/** Nodes and attributes come first in the file, inputs and outputs last; weights fill the middle. */
const HEAD = 16_384;
const TAIL = 2_048;
const profile = loadProfile('quill');
const exported = scratch();
const runtimes = Array.from({ length: WORKERS }, () => new SharedRuntime());
const judged: Judged[] = [];
let baseline: Judged;
/** Distance of the genuine weights stored as BF16, in nats: the largest that an honest export shows. */
let noise: number;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  baseline = await judge(runtimes[0] as SharedRuntime, 'none', genuine);
  noise = distance(await collect(assemble('bfloat16', exported), LIMITS), baseline.evidence);
  const rng = seededRng(20_260_101);
  const changes = Array.from({ length: COUNT }, (_, index) => mutate(index, rng));
  const work = changes.values();
  const worker = async (runtime: SharedRuntime): Promise<void> => {
    for (const [change, bytes] of work) judged.push(await judge(runtime, change, bytes));
  };
  await Promise.all(runtimes.map(worker));
}, 300_000);

afterAll(() => {
  for (const runtime of runtimes) runtime.close();
  process.off('unhandledRejection', onUnhandled);
});

test('the unchanged model is upheld on the probes used here', () => {
  expect(baseline.report.verdict.outcome).toBe('upheld');
});

test(`${COUNT} changed models leave the process alone`, () => {
  expect(judged).toHaveLength(COUNT);
  expect(unhandled).toEqual([]);
});

test('every failure has a code and a next step', () => {
  const uncoded = judged.flatMap(({ change, evidence }) =>
    Object.values(evidence.probes)
      .filter((status) => status.status === 'failed')
      .filter(({ error }) => error.code === 'INTERNAL' || error.hint === undefined)
      .map(({ error }) => ({ change, error })),
  );
  expect(uncoded).toEqual([]);
});

test('what is upheld behaves like the genuine model', () => {
  const upheld = judged.filter(({ report }) => report.verdict.outcome === 'upheld');
  const different = upheld.filter(({ evidence }) => !(distance(evidence, baseline.evidence) <= noise));
  expect(different.map(({ change }) => change)).toEqual([]);
  expect(upheld.length).toBeGreaterThan(0);
  expect(upheld.length).toBeLessThan(COUNT);
});

test('no failed probe is upheld', () => {
  const passed = judged.filter(
    ({ evidence, report }) =>
      report.verdict.outcome === 'upheld' &&
      Object.values(evidence.probes).some(({ status }) => status !== 'ok'),
  );
  expect(passed.map(({ change }) => change)).toEqual([]);
});

async function judge(runtime: SharedRuntime, change: string, bytes: Uint8Array): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-mutation-'));
  try {
    cpSync(fixturePath('models/quill/full-1'), folder, { recursive: true });
    writeFileSync(join(folder, MODEL), bytes);
    const evidence = await collected(runtime, folder);
    return { change, evidence, report: score(evidence, { profile }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What ends the shared child is collected again, as an audit does: with a child of its own that is started twice. */
async function collected(runtime: SharedRuntime, folder: string): Promise<Evidence> {
  const evidence = await runtime.collect(folder, LIMITS);
  const ended = Object.values(evidence.probes).some(
    (status) => status.status === 'failed' && status.error.code === 'RUNTIME_CRASHED',
  );
  return ended ? collect(folder, LIMITS) : evidence;
}

type Rng = ReturnType<typeof seededRng>;

function mutate(index: number, rng: Rng): [string, Uint8Array] {
  const kinds = [flip, flip, set, insert, truncate, remove] as const;
  const kind = kinds[index % kinds.length] ?? flip;
  const zone = index % 4;
  const at =
    zone === 0
      ? Math.floor(rng() * genuine.length)
      : zone === 1
        ? genuine.length - 1 - Math.floor(rng() * TAIL)
        : Math.floor(rng() * HEAD);
  return [`${index} ${kind.name} at ${at}`, kind(at, rng)];
}

function flip(at: number, rng: Rng): Uint8Array {
  const out = Uint8Array.from(genuine);
  out[at] = (out[at] ?? 0) ^ (1 << Math.floor(rng() * 8));
  return out;
}

/** Extremes of numbers: attributes become 0, -1 or huge. */
function set(at: number, rng: Rng): Uint8Array {
  const out = Uint8Array.from(genuine);
  out[at] = rng() < 0.5 ? 0 : 255;
  return out;
}

function insert(at: number, rng: Rng): Uint8Array {
  const noise = Buffer.from(Array.from({ length: 1 + Math.floor(rng() * 8) }, () => Math.floor(rng() * 256)));
  return Buffer.concat([genuine.subarray(0, at), noise, genuine.subarray(at)]);
}

function truncate(at: number): Uint8Array {
  return genuine.subarray(0, at);
}

function remove(at: number, rng: Rng): Uint8Array {
  return Buffer.concat([genuine.subarray(0, at), genuine.subarray(at + 1 + Math.floor(rng() * 16))]);
}

/** Mean absolute difference of the log-probabilities of true tokens. */
function distance(a: Evidence, b: Evidence): number {
  const targets = ({ probes }: Evidence): readonly number[] => {
    const status = probes['log-probabilities'];
    if (status?.status !== 'ok') return [];
    return (status.data as { texts: readonly TextEvidence[] }).texts.flatMap(({ target }) => target);
  };
  const [x, y] = [targets(a), targets(b)];
  if (x.length === 0 || x.length !== y.length) return Number.POSITIVE_INFINITY;
  return x.reduce((sum, value, i) => sum + Math.abs(value - (y[i] ?? 0)), 0) / x.length;
}
