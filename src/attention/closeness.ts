import { inCommon } from '../core/in-common.js';
import type { Detail, Measured, SignalInput, Skipped } from '../core/types.js';
import { type ClosenessScale, scoreCloseness } from '../stats/closeness.js';
import { wasserstein1 } from '../stats/wasserstein.js';
import {
  type Alignment,
  align,
  average,
  candidateAttention,
  layerDistance,
  meanRow,
  type Pick,
  readAttention,
} from './alignment.js';
import type { AttentionEvidence } from './probes/attention-statistics.js';

export interface AttentionQuantity {
  readonly unit: string;
  /**
   * Distance typical of two models that do not share weights. Of every quantity measured, copies lie at fixed
   * fractions of it, so they are not stated again.
   */
  readonly betweenModels: number;
  readonly distance: (alignment: Alignment) => number;
  /** Whether heads are compared one by one where shapes allow it. */
  readonly perHead: boolean;
  readonly describe: (seen: AttentionEvidence) => readonly Detail[];
}

/** Distances below this fraction count as none: 1e-4 bits of entropy are what exports of one model agree to. */
const RESOLUTION = 1 / 500;
/** bfloat16 weights lie at 1/430 to 1/130 of the distance between models, float16 below 1/1,000, other exports at 0. */
const SAME_WEIGHTS = 1 / 200;
/** 8-bit copies 1/333 to 1/47, a 4-bit copy 1/23 to 1/5. */
const QUANTIZED = 1 / 100;
/** Policy: the fixtures hold no fine-tuned or pruned copy. */
const ALTERED = 1 / 10;

/**
 * Score one quantity of attention against the references. A student and a stranger are expected at the same
 * distance unless the references show otherwise: measured, they are (scripts/attention-power.mjs).
 */
export function scoreAttention(
  { unit, betweenModels, distance, perHead, describe }: AttentionQuantity,
  { candidate, variants, strangers }: SignalInput,
): Measured | Skipped {
  const floor = betweenModels * RESOLUTION;
  const at = (fraction: number): number => Math.log(betweenModels * fraction);
  const otherModel = { location: at(1), scale: 0.8, openEnded: true };
  const scale: ClosenessScale<AttentionEvidence> = {
    unit,
    read: (data) => readAttention(data['attention-statistics']),
    compare: (a, b) => {
      const alignment = align(a, b);
      if (alignment === null) return null;
      const how = alignment.sameShape ? 'head by head' : 'by depth';
      return {
        value: Math.log(distance(alignment) + floor),
        n: alignment.prompts.length,
        ...(perHead ? { how } : {}),
      };
    },
    within: (reference, { prompts }) => ({ ...reference, prompts: inCommon(reference.prompts, prompts) }),
    incomparable:
      'no reference has attention of the same kind, for prompts of the same length, with no layer unmeasured',
    display: (value) => Math.max(0, Math.exp(value) - floor),
    decimals: 4,
    closer: -1,
    sameWeights: { location: at(SAME_WEIGHTS), scale: 0.8, df: 20 },
    quantized: { location: at(QUANTIZED), scale: 1 },
    distilled: otherModel,
    altered: { location: at(ALTERED), scale: 1 },
    unrelated: otherModel,
    seedScale: 0.5,
  };
  const seen = candidateAttention(candidate['attention-statistics']);
  const result = scoreCloseness(scale, seen, { variants, strangers });
  if (result.status === 'skipped') return result;
  return { ...result, details: [...result.details, ...describe(seen)] };
}

/** Mean difference of the heads: one by one in models of one shape, else between their distributions at each depth. */
export function headDistance(alignment: Alignment, pick: Pick): number {
  return layerDistance(alignment, pick, alignment.sameShape ? pairedDifference : wasserstein1);
}

function pairedDifference(a: readonly number[], b: readonly number[]): number {
  return average(a.map((value, head) => Math.abs(value - (b[head] ?? value))));
}

/** Means over prompts for every layer and head of a candidate. */
export function headMap({ prompts, sites }: AttentionEvidence, pick: Pick): number[][] {
  return sites.map((_, layer) => meanRow(prompts, layer, pick));
}
