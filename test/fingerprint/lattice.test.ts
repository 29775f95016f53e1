import { describe, expect, test } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import { findLattice } from '../../src/fingerprint/lattice.js';
import {
  affine,
  CONTAINERS,
  codebook,
  dequantized,
  float8,
  symmetric,
  zeroPoint,
} from '../support/quantizers.js';

const COLUMNS = 512;
const ROWS = 24;
const NF4 = [
  -1, -0.6962, -0.5251, -0.3949, -0.2844, -0.1848, -0.0911, 0, 0.0796, 0.1609, 0.2461, 0.3379, 0.4407, 0.5626,
  0.723, 1,
];
const FP4 = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6].map((level) => level / 6);

/** Normal weights, or with tails as heavy as Laplace's. */
function weights(heavy = false, seed = 3): Float32Array {
  const rng = seededRng(seed);
  return Float32Array.from({ length: ROWS * COLUMNS }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - rng()));
    const normal = radius * Math.cos(2 * Math.PI * rng());
    return 0.02 * normal * (heavy ? Math.sqrt(-Math.log(1 - rng())) : 1);
  });
}

const COPIES: readonly [
  name: string,
  group: number,
  round: (numbers: readonly number[]) => number[],
  kind: string,
  bits: number,
][] = [
  ['Q4_0', 32, symmetric(4), 'levels', 4],
  ['GPTQ 4 bit, 128', 128, zeroPoint(4), 'levels', 4],
  ['AWQ 64', 64, zeroPoint(4), 'levels', 4],
  ['Q4_K', 32, affine(4), 'levels', 4],
  ['NF4', 64, codebook(NF4), 'levels', 4],
  ['MXFP4', 32, codebook(FP4), 'float4', 4],
  ['NVFP4', 16, codebook(FP4), 'float4', 4],
  ['Q3_K', 16, symmetric(3), 'levels', 3],
  ['3 bit, 128', 128, zeroPoint(3), 'levels', 3],
  ['Q2_K', 16, affine(2), 'levels', 3],
  ['Q5_0', 32, symmetric(5), 'uniform', 5],
  ['Q5_K', 32, affine(5), 'uniform', 5],
  ['Q6_K', 16, symmetric(6), 'uniform', 6],
  ['Q8_0', 32, symmetric(8), 'uniform', 8],
  ['GPTQ 8 bit, 128', 128, zeroPoint(8), 'uniform', 8],
  ['int8 per row', COLUMNS, symmetric(8), 'uniform', 8],
  ['FP8 tiles', 128, float8, 'float8', 8],
  ['FP8 per tensor', ROWS * COLUMNS, float8, 'float8', 8],
];

describe('dequantized weights', () => {
  for (const [container, store] of Object.entries(CONTAINERS))
    test.each(COPIES)(`%s in ${container}`, (_, group, round, kind, bits) => {
      const { lattice } = findLattice(store(dequantized(weights(), group, round)), COLUMNS);
      expect(lattice?.kind).toBe(kind);
      expect(Math.abs((lattice?.bits ?? 0) - bits)).toBeLessThanOrEqual(kind === 'levels' ? 1 : 0);
    });

  test.each(COPIES)('%s of weights with heavy tails', (_, group, round) => {
    const copy = CONTAINERS.BF16(dequantized(weights(true), group, round));
    expect(findLattice(copy, COLUMNS).lattice).not.toBeNull();
  });
});

describe('weights that were never rounded', () => {
  const none = { lattice: null, abstained: false };

  test.each(Object.entries(CONTAINERS))('in %s', (_, store) => {
    expect(findLattice(store(weights()), COLUMNS)).toMatchObject(none);
    expect(findLattice(store(weights(true)), COLUMNS)).toMatchObject(none);
  });

  test('half of them pruned: still enough to tell', () => {
    const pruned = CONTAINERS.BF16(weights().map((value) => (Math.abs(value) < 0.0135 ? 0 : value)));
    expect(findLattice(pruned, COLUMNS)).toMatchObject(none);
  });

  test('uniformly distributed and positive, as embeddings and masks may be', () => {
    const rng = seededRng(5);
    const uniform = Float32Array.from({ length: ROWS * COLUMNS }, () => 0.5 + 0.5 * rng());
    expect(findLattice(CONTAINERS.BF16(uniform), COLUMNS)).toMatchObject(none);
  });

  test.each([
    ['constant', new Float32Array(ROWS * COLUMNS).fill(1), COLUMNS],
    ['zero', new Float32Array(ROWS * COLUMNS), COLUMNS],
    ['mostly pruned', weights().map((value) => (Math.abs(value) < 0.03 ? 0 : value)), COLUMNS],
    ['narrower than a window', weights(), 24],
    ['too few', weights().subarray(0, COLUMNS), COLUMNS],
    ['subnormal in F16', CONTAINERS.F16(weights().map((value) => value * 2e-4)), COLUMNS],
    ['not finite', weights().map((value, i) => (i % 8 === 0 ? Number.NaN : value)), COLUMNS],
  ])('%s: abstains', (_, rows, columns) => {
    expect(findLattice(rows, columns)).toMatchObject({ lattice: null, abstained: true });
  });
});
