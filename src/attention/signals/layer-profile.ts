import type { Signal } from '../../core/types.js';
import { average, layerDistance } from '../alignment.js';
import { type AttentionQuantity, headMap, scoreAttention } from '../closeness.js';
import attentionStatistics, { type PromptAttention } from '../probes/attention-statistics.js';

const entropy = (prompt: PromptAttention) => prompt.normalizedEntropy;
const reach = ({ meanDistance, tokens }: PromptAttention) =>
  meanDistance.map((heads) => heads.map((value) => value / tokens));
const difference = (a: readonly number[], b: readonly number[]): number => Math.abs(average(a) - average(b));

const quantity: AttentionQuantity = {
  unit: 'of maximum',
  betweenModels: 0.015,
  perHead: false,
  distance: (alignment) =>
    (layerDistance(alignment, entropy, difference) + layerDistance(alignment, reach, difference)) / 2,
  describe: (seen) =>
    (
      [
        ['mean normalised entropy per layer', entropy],
        ['mean distance per layer, of the prompt length', reach],
      ] as const
    ).map(([label, pick]) => ({
      type: 'text',
      label,
      value: headMap(seen, pick)
        .map((heads) => average(heads).toFixed(3))
        .join(', '),
    })),
};

/**
 * Claim: two exports of the same weights change from layer to layer alike, in how widely and how far back they look.
 * Method: per layer, mean normalised entropy, and mean distance of the attended token as a share of the prompt;
 * the mean of both differences at equal relative depth, a stack with fewer layers interpolated.
 * Source: attention by depth, Vig and Belinkov 2019 (arXiv 1906.04284).
 * Assumptions: as for attention entropy.
 * Error rates: on two fixture families (scripts/attention-power.mjs): same weights 0.0000, bfloat16 and int8 copies
 * 0.0001, int4 0.003, every other pair 0.002–0.053 (AUC 1.00). Own students 0.009–0.025 from their teacher, models without a teacher
 * 0.006–0.030, students of other teachers 0.007–0.024: no power there.
 * Evasion: as for attention entropy.
 */
const layerProfile: Signal = {
  id: 'layer-profile',
  title: 'Attention by depth',
  group: 'attention',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: (input) => scoreAttention(quantity, input),
};
export default layerProfile;
