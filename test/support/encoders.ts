import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AttentionStatistics } from 'model-assay';
import { FIXTURES } from './onnx.js';

export const GRIDS = [
  'entropyBits',
  'normalizedEntropy',
  'firstTokenMass',
  'meanDistance',
  'maxWeight',
  'effectiveKeys',
  'headSimilarity',
] as const;

/** Numbers of torch in float64 and scipy for one encoder fixture, see scripts/fixtures/encoder_golden.py. */
export interface EncoderGolden {
  readonly ids: readonly number[];
  readonly sites: readonly {
    readonly kind: AttentionStatistics['sites'][number]['kind'];
    readonly heads: number;
    readonly keyValueHeads: number;
  }[];
  readonly attention: Readonly<Record<(typeof GRIDS)[number], readonly (readonly number[])[]>>;
  /** Log-probability of each token from the position before it; null without a language-model head. */
  readonly logprobsTarget: readonly number[] | null;
  readonly tokenizerIds: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

export function encoderGolden(name: string): EncoderGolden {
  return JSON.parse(
    readFileSync(`${FIXTURES}golden/attention/encoder-${name}.json`, 'utf8'),
  ) as EncoderGolden;
}

/** Absolute path below fixtures/encoders. */
export function encoder(name: string): string {
  return `${FIXTURES}encoders/${name}`;
}

/** A copy of a fixture that lacks some of its files. */
export function without(name: string, files: readonly string[], into: string): string {
  const folder = join(into, name);
  cpSync(encoder(name), folder, { recursive: true, filter: (path) => !files.includes(basename(path)) });
  return folder;
}
