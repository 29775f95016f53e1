import { readFileSync } from 'node:fs';

interface LineageGolden {
  readonly versions: Readonly<Record<string, string>>;
  readonly logGamma: readonly { x: number; value: number }[];
  readonly poisson: readonly { count: number; mean: number; logP: number; scipy: number | null }[];
  readonly fisher: readonly { ps: readonly number[]; logP: number }[];
  readonly holm: readonly { ps: readonly number[]; adjusted: readonly number[] }[];
  readonly matrices: readonly {
    n: number;
    a: readonly number[];
    b: readonly number[];
    cka: number;
    eigenvalues: readonly number[];
  }[];
}

/** Written by scripts/golden/lineage.py from numpy, scipy and mpmath. */
export const golden: LineageGolden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden/lineage.json', import.meta.url), 'utf8'),
);

/** Relative to the larger of the expected value and 1. */
export function near(actual: number, expected: number, tolerance: number): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}
