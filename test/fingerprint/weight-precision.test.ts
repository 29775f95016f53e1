import { describe, expect, test } from 'vitest';
import type { VariantView, VersionKind } from '../../src/core/types.js';
import type { QuantizationEvidence } from '../../src/fingerprint/probes/quantization.js';
import weightPrecision from '../../src/fingerprint/signals/weight-precision.js';

type Grids = QuantizationEvidence['lattice']['grids'];

function variant(id: string, kind: VersionKind, weightBits: number): VariantView {
  return { id, kind, facts: { weightBits }, digests: [], runs: [] } as VariantView;
}
const FULL = variant('full', 'full', 16);
const NATIVE_FP8 = variant('native', 'full', 8);
const INT4 = variant('int4', 'quantized', 4);
const IMPLIED: VariantView = { ...variant('copy', 'quantized', 0), facts: {}, impliedBy: 'full' };

/** Variants that the weights speak against. */
function against(weightBits: number, grids: Grids = [], judged = 12): string[] {
  const quantization: QuantizationEvidence = {
    methods: [],
    bitsPerWeight: null,
    labels: [],
    lattice: { judged, abstained: 0, grids, nonFinite: 0, constant: 0 },
  };
  const architecture = { weightBits: { value: weightBits, from: 'shapes' } };
  const variants = [FULL, NATIVE_FP8, INT4, IMPLIED];
  const result = weightPrecision.score({
    candidate: { architecture, quantization },
    variants,
    strangers: [],
  });
  const logs = result.status === 'scored' ? result.logLikelihood : {};
  return variants.map(({ id }) => id).filter((id) => (logs[id] ?? 0) < Math.log(0.05));
}

describe('weight precision', () => {
  test.each([
    ['BF16 speaks against quantized copies, not against a native FP8 release', 16, [], ['int4', 'copy']],
    ['F32 and F16 are the same class', 32, [], ['int4', 'copy']],
    ['a 4-bit container', 4, [], ['full', 'native']],
    ['an 8-bit container', 8, [], ['full', 'int4']],
  ] as const)('%s', (_, bits, grids, expected) => {
    expect(against(bits, grids)).toEqual(expected);
  });

  test('dequantized 4 bit in BF16 is no full version, and no honest conversion of FP8', () => {
    expect(against(16, [{ kind: 'levels', bits: 4, matrices: 12 }])).toEqual(['full', 'native']);
  });

  test('BF16 on the grid of FP8 is an honest conversion of FP8, and no release in BF16', () => {
    expect(against(16, [{ kind: 'float8', bits: 8, matrices: 12 }])).toEqual(['full']);
  });

  test.each([
    ['few matrices on a grid', [{ kind: 'levels', bits: 4, matrices: 5 }] as const, 12],
    ['few matrices judged', [{ kind: 'levels', bits: 4, matrices: 2 }] as const, 2],
  ])('%s: no accusation', (_, grids, judged) => {
    expect(against(16, grids, judged)).not.toContain('full');
  });
});

describe('copies nobody measured', () => {
  const copy = (kind: VersionKind): VariantView => ({ ...variant(kind, kind, 16), impliedBy: 'full' });
  const copies = [FULL, IMPLIED, copy('pruned'), copy('finetuned')];
  const logs = (weightBits: number, grids: Grids, judged: number): readonly (number | undefined)[] => {
    const quantization = { methods: [], labels: [], lattice: { judged, grids } };
    const architecture = { weightBits: { value: weightBits, from: 'shapes' } };
    const result = weightPrecision.score({
      candidate: { architecture, quantization },
      variants: copies,
      strangers: [],
    });
    if (result.status !== 'scored') throw new Error(result.reason);
    return copies.map(({ id }) => result.logLikelihood[id]);
  };

  test('floats speak against a quantized one as far as a grid was looked for', () => {
    expect(logs(32, [], 12)).toEqual([0, Math.log(1e-2), 0, 0]);
    expect(logs(32, [], 2)).toEqual([0, Math.log(0.1), 0, 0]);
  });

  test('8 bits or a grid speak for a quantized one, and less against one that was pruned or tuned before', () => {
    const quantized = [Math.log(1e-6), 0, Math.log(1e-2), Math.log(1e-2)];
    expect(logs(8, [], 0)).toEqual(quantized);
    expect(logs(32, [{ kind: 'levels', bits: 4, matrices: 12 }], 12)).toEqual(quantized);
  });
});

test('evidence without the quantization probe is judged by its container', () => {
  const architecture = { weightBits: { value: 4, from: 'shapes' }, weightTypes: { Q4_K: 10 } };
  const result = weightPrecision.score({
    candidate: { architecture },
    variants: [FULL, INT4],
    strangers: [],
  });
  expect(result).toMatchObject({ status: 'scored', observed: '4-bit', logLikelihood: { int4: 0, other: 0 } });
});
