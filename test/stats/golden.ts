import { readFileSync } from 'node:fs';

/** A number of the golden file; non-finite ones are spelled out because JSON has none. */
export type GoldenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** A vector of the golden file: stored, or a recipe that Python and JavaScript evaluate to the same bits. */
export type Row =
  | { readonly kind: 'values'; readonly values: readonly GoldenNumber[] }
  | { readonly kind: 'constant'; readonly n: number; readonly value: number }
  | {
      readonly kind: 'peak';
      readonly n: number;
      readonly at: number;
      readonly peak: number;
      readonly rest: number;
    }
  | { readonly kind: 'geometric'; readonly n: number; readonly ratio: number }
  | { readonly kind: 'residues'; readonly n: number; readonly scale: number };

type Repetitions = Readonly<Record<string, number | null>>;

export interface Golden {
  readonly versions: Readonly<Record<'python' | 'numpy' | 'scipy' | 'mpmath', string>>;
  readonly entropyBits: readonly { name: string; row: Row; from?: number; to?: number; bits: number }[];
  readonly logSumExp: readonly { name: string; row: Row; value: GoldenNumber }[];
  readonly normalizeLog: readonly { logs: readonly GoldenNumber[]; posterior: readonly number[] }[];
  readonly pearson: readonly { name: string; x: readonly number[]; y: readonly number[]; r: number }[];
  readonly studentTLogPdf: readonly {
    x: number;
    df: number;
    location: number;
    scale: number;
    value: number;
    from: 'scipy' | 'mpmath';
  }[];
  readonly logGammaHalfStep: readonly { x: number; value: number }[];
  readonly summarize: readonly {
    name: string;
    values: readonly number[];
    expected: Readonly<Record<string, number | null>>;
  }[];
  readonly repetition: readonly { name: string; ids: readonly number[]; expected: Repetitions }[];
  readonly wasserstein1: readonly {
    name: string;
    a: readonly number[];
    b: readonly number[];
    value: number;
  }[];
  readonly simpleStatistics: Readonly<Record<string, readonly { args: readonly unknown[]; value: number }[]>>;
}

/** Written by scripts/golden/stats.py from numpy, scipy and mpmath. */
export const golden: Golden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden/stats.json', import.meta.url), 'utf8'),
);

/** The vector a recipe stands for; the counterpart of `expand` in the Python script. */
export function expand(row: Row): number[] {
  switch (row.kind) {
    case 'values':
      return row.values.map(Number);
    case 'constant':
      return Array.from({ length: row.n }, () => row.value);
    case 'peak':
      return Array.from({ length: row.n }, (_, i) => (i === row.at ? row.peak : row.rest));
    case 'geometric': {
      let next = 1;
      return Array.from({ length: row.n }, () => {
        const value = next;
        next *= row.ratio;
        return value;
      });
    }
    case 'residues':
      return Array.from({ length: row.n }, (_, i) => (((i * 7919) % 1009) + 1) * row.scale);
  }
}

/** |actual − expected| ≤ tolerance · max(1, |expected|); equal infinities and two NaNs agree. */
export function agrees(actual: number, expected: GoldenNumber, tolerance: number): boolean {
  const target = Number(expected);
  if (Object.is(actual, target)) return true;
  return Math.abs(actual - target) <= tolerance * Math.max(1, Math.abs(target));
}
