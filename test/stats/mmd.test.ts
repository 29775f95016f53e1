import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { seededRng } from '../../src/core/rng.js';
import { codePoints, hammingCounts } from '../../src/stats/hamming-kernel.js';
import { jensenShannon } from '../../src/stats/jensen-shannon.js';
import { ksUniform } from '../../src/stats/ks-uniform.js';
import { COMPARED_LENGTH, mmdTest, type TextSamples } from '../../src/stats/mmd.js';
import { nullBayesFactor } from '../../src/stats/p-value-calibration.js';
import { stratifiedPermutation } from '../../src/stats/stratified-permutation.js';

interface MmdCase {
  readonly name: string;
  readonly prompts: readonly TextSamples[];
  /** Of the first prompt's texts, both samples pooled. */
  readonly kernel: readonly (readonly number[])[];
  readonly statistic: number;
  readonly exactP?: number;
}
/** Written by scripts/golden/met.py from numpy; the statistics equal those of the authors' code at commit fd2ee24. */
const golden: {
  readonly mmd: readonly MmdCase[];
  readonly jensenShannon: readonly { a: number[]; b: number[]; bits: number }[];
} = JSON.parse(readFileSync(new URL('../../fixtures/golden/met.json', import.meta.url), 'utf8'));

const internal = expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL'));
const once = { rng: seededRng(1), permutations: 1 };

describe('hammingCounts', () => {
  it.each(golden.mmd)('agrees with numpy: $name', ({ prompts, kernel }) => {
    const { first, second } = prompts[0] as TextSamples;
    const rows = [...first, ...second].map((text) => codePoints(text, COMPARED_LENGTH));
    const ours = [...hammingCounts(rows, COMPARED_LENGTH)].map((count) => count / COMPARED_LENGTH);
    const expected = kernel.flat();
    expect(ours).toHaveLength(expected.length);
    for (const [i, value] of ours.entries())
      expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-12);
  });

  it('counts code points, lone surrogates among them', () => {
    expect([...codePoints('a😀\ud800', 9)]).toEqual([0x61, 0x1f600, 0xd800]);
    expect([...codePoints('😀😀😀', 2)]).toEqual([0x1f600, 0x1f600]);
    expect(() => hammingCounts([codePoints('abc', 9)], 2)).toThrow(internal);
  });

  it('is symmetric, full on the diagonal, and counts what a plain comparison of padded texts does', () => {
    const point = fc.oneof(fc.constantFrom(0x61, 0x1f600), fc.integer({ min: 0, max: 0x10ffff }));
    const text = fc.array(point, { maxLength: 12 }).map((points) => String.fromCodePoint(...points));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const pad = (s: string): (string | null)[] => [...[...s], ...Array(12).fill(null)].slice(0, 12);
        const equal = pad(a).filter((char, i) => char === pad(b)[i]).length;
        const rows = [a, b].map((s) => codePoints(s, 12));
        expect([...hammingCounts(rows, 12)]).toEqual([12, equal, equal, 12]);
      }),
    );
  });
});

describe('mmdTest', () => {
  it.each(golden.mmd)('agrees with numpy: $name', ({ prompts, statistic }) => {
    expect(Math.abs((mmdTest(prompts, once)?.statistic ?? Number.NaN) - statistic)).toBeLessThan(1e-12);
  });

  const exact = golden.mmd.filter(({ exactP }) => exactP !== undefined);
  it.each(exact)(
    'p is the share of all relabellings within prompts: $name',
    ({ prompts, exactP = Number.NaN }) => {
      const p = mmdTest(prompts, { rng: seededRng(2), permutations: 20_000 })?.p ?? Number.NaN;
      expect(Math.abs(p - exactP)).toBeLessThan(4 * Math.sqrt((exactP * (1 - exactP)) / 20_000) + 1 / 20_000);
    },
  );

  it('is null without two texts of a side under one prompt', () => {
    expect(mmdTest([], once)).toBeNull();
    expect(mmdTest([{ first: ['a'], second: ['b', 'c'] }], once)).toBeNull();
    const apart = [
      { first: ['a', 'b'], second: [] },
      { first: [], second: ['a', 'b'] },
    ];
    expect(mmdTest(apart, once)).toBeNull();
  });

  it('never gives p = 0, and 1 for equal texts', () => {
    const far = [{ first: Array(8).fill('aaaa'), second: Array(8).fill('bbbb') }];
    expect(mmdTest(far, { rng: seededRng(3), permutations: 99 })?.p).toBeGreaterThanOrEqual(0.01);
    const same = [{ first: Array(8).fill('aaaa'), second: Array(8).fill('aaaa') }];
    expect(mmdTest(same, { rng: seededRng(3), permutations: 99 })?.p).toBe(1);
  });

  it('does not change when the sides, or the prompts, change places', () => {
    const texts = fc.array(fc.string({ maxLength: 8 }), { minLength: 2, maxLength: 5 });
    const samples = fc.array(fc.record({ first: texts, second: texts }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(samples, (prompts) => {
        const { statistic = Number.NaN } = mmdTest(prompts, once) ?? {};
        const mirrored = prompts.map(({ first, second }) => ({ first: second, second: first })).reverse();
        expect(mmdTest(mirrored, once)?.statistic).toBeCloseTo(statistic, 12);
      }),
    );
  });

  it('p is uniform under equality, unequal samples and prompts unlike each other included: 300 tests', () => {
    const rng = seededRng(2024);
    const draw = (alphabet: string): string =>
      Array.from(
        { length: 6 + Math.floor(rng() * 8) },
        () => alphabet[Math.floor(rng() * alphabet.length)],
      ).join('');
    const sizes = [
      [5, 5],
      [3, 7],
      [6, 2],
    ] as const;
    const p = Array.from({ length: 300 }, () => {
      const prompts = sizes.map(([n, m], i) => {
        const alphabet = ['abc', 'defghij', `${'k'.repeat(9)}l`][i] as string;
        const texts = (count: number): string[] => Array.from({ length: count }, () => draw(alphabet));
        return { first: texts(n), second: texts(m) };
      });
      return mmdTest(prompts, { rng, permutations: 199 })?.p ?? Number.NaN;
    });
    expect(ksUniform(p).p).toBeGreaterThan(0.01);
  });
});

describe('stratifiedPermutation', () => {
  it.each([
    [2, 3],
    [4, 1],
  ])('draws every choice of %i among %i others equally often', (first, rest) => {
    const seen = new Map<string, number>();
    const count = (orders: readonly Uint32Array[]): number => {
      const key = [...(orders[0] as Uint32Array).subarray(0, first)].sort().join('');
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return 0;
    };
    stratifiedPermutation([{ total: first + rest, first }], count, {
      rng: seededRng(9),
      permutations: 20_000,
    });
    const ways = first === 2 ? 10 : 5;
    expect(seen.size).toBe(ways);
    for (const times of seen.values()) expect(Math.abs(times - 20_000 / ways)).toBeLessThan(220);
  });

  it('refuses what is no split', () => {
    expect(() => stratifiedPermutation([{ total: 2, first: 3 }], () => 0, once)).toThrow(internal);
    expect(() => stratifiedPermutation([], () => 0, { rng: seededRng(1), permutations: 0 })).toThrow(
      internal,
    );
  });
});

describe('jensenShannon', () => {
  it.each(golden.jensenShannon)('agrees with scipy: $a and $b', ({ a, b, bits }) => {
    expect(Math.abs((jensenShannon(a, b) ?? Number.NaN) - bits)).toBeLessThan(1e-12);
  });

  it('is null where a side has no counts', () => {
    expect(jensenShannon([0, 0], [1, 2])).toBeNull();
  });
});

describe('nullBayesFactor', () => {
  it('gives the published bounds', () => {
    // Table 1 of the paper: lower bounds for p = 0.2, 0.1, 0.05, 0.01, 0.005, 0.001.
    const published = { 0.2: 0.87, 0.1: 0.626, 0.05: 0.407, 0.01: 0.125, 0.005: 0.072, 0.001: 0.0188 };
    for (const [p, bound] of Object.entries(published))
      expect(Math.abs(nullBayesFactor(Number(p)) - bound)).toBeLessThan(0.006);
    expect(nullBayesFactor(0.7)).toBe(1);
    expect(() => nullBayesFactor(0)).toThrow(internal);
  });
});
