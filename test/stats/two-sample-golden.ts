import { readFileSync } from 'node:fs';

interface Ks {
  readonly statistic: number;
  readonly p: number;
}

export interface TwoSampleGolden {
  readonly versions: Readonly<Record<'python' | 'numpy' | 'scipy' | 'mpmath', string>>;
  readonly incompleteBeta: readonly { x: number; a: number; b: number; value: number }[];
  readonly clopperPearson: readonly {
    successes: number;
    trials: number;
    level: number;
    low: number;
    high: number;
  }[];
  readonly normal: {
    readonly cdf: readonly { z: number; value: number }[];
    readonly quantile: readonly { p: number; value: number }[];
  };
  readonly kolmogorov: readonly { x: number; value: number }[];
  readonly ksUniform: readonly (Ks & { readonly values: readonly number[] })[];
  readonly ksTwoSample: readonly (Ks & { readonly a: readonly number[]; readonly b: readonly number[] })[];
  readonly bootstrap: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly statistic: 'mean' | 'median';
    readonly method: 'percentile' | 'bca';
    readonly seed: number;
    readonly resamples: number;
    readonly level: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Written by scripts/golden/two_sample.py from scipy and mpmath. */
export const twoSampleGolden: TwoSampleGolden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden/two-sample.json', import.meta.url), 'utf8'),
);
