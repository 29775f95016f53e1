import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import { AttentionChild } from '../support/attention-child.js';
import { type Base, baseOf, judge, type Verdict } from '../support/attention-judge.js';
import { mutateBytes, mutateGraph } from '../support/attention-mutations.js';
import { scratch } from '../support/exports.js';

const FIRST_SEED = 20_260_300;
const COUNT = 336;
const WORKERS = 2;
/** Every so many changes are of bytes. */
const BYTES_EVERY = 8;
/** Lengths that equal a number of heads, the size of one, and none. */
const LENGTHS = [7, 4, 12, 16, 9, 3];

interface Judged extends Verdict {
  readonly change: string;
}

const folder = scratch();
const child = Array.from({ length: WORKERS }, () => new AttentionChild());
const judged: Judged[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
const bases: Base[] = [];

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  for (const name of ['softmax-17', 'rank-3', 'merged', 'mask-where', 'decomposed', 'einsum', 'softcap'])
    bases.push(baseOf(name, folder));
  for (const name of [
    'gqa',
    'gqa-cache',
    'gqa-alibi',
    'mha-bias',
    'mha-padding',
    'standard-float',
    'standard-causal',
  ])
    bases.push(baseOf(name, folder));
  bases.push(baseOf('half', folder, 2e-2), baseOf('qdq', folder, 5e-2));
  const work = Array.from({ length: COUNT }, (_, index) => index).values();
  const worker = async (own: AttentionChild): Promise<void> => {
    for (const index of work) judged.push(await judgeOne(own, index));
  };
  await Promise.all(child.map(worker));
}, 300_000);

afterAll(() => {
  for (const each of child) each.close();
  process.off('unhandledRejection', onUnhandled);
});

async function judgeOne(own: AttentionChild, index: number): Promise<Judged> {
  const seed = FIRST_SEED + index;
  const random = seededRng(seed);
  const base = bases[index % bases.length] as Base;
  const length = LENGTHS[Math.floor(random() * LENGTHS.length)] as number;
  const ids = Array.from({ length }, (_, i) => 10 + ((i * 37 + seed) % 200));
  const mutant =
    index % BYTES_EVERY === 0
      ? { ...mutateBytes(base.bytes, random), watched: base.watched }
      : mutateGraph(base.bytes, base.watched, Math.floor(index / bases.length) + index, random);
  const change = `seed ${seed}, ${base.name}, ${length} tokens: ${mutant.change}`;
  const verdict = await judge(own, base, mutant, ids);
  return { change, ...verdict };
}

test('the unchanged models are measured right', async () => {
  const ids = [10, 11, 12, 13, 14, 15, 16];
  for (const base of bases) {
    const verdict = await judge(child[0] as AttentionChild, base, base, ids);
    expect({ base: base.name, ...verdict }).toEqual({ base: base.name, ending: 'measured', wrong: null });
  }
});

test('no wrong number is passed as right', () => {
  expect(judged.filter(({ wrong }) => wrong !== null)).toEqual([]);
});

test('every refusal has a code, and the main process lives', () => {
  expect(judged).toHaveLength(COUNT);
  expect(unhandled).toEqual([]);
  const endings = new Set(judged.map(({ ending }) => ending));
  for (const ending of endings)
    expect(ending).toMatch(/^(measured|DIED|HANGS|FORMAT_\w+|MODEL_\w+|PATH_ESCAPES|FILE_UNREADABLE)$/);
  expect(endings).toContain('measured');
});
