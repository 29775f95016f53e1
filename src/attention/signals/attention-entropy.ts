import type { Signal } from '../../core/types.js';
import { average } from '../alignment.js';
import { type AttentionQuantity, headDistance, headMap, scoreAttention } from '../closeness.js';
import attentionStatistics, { type PromptAttention } from '../probes/attention-statistics.js';

const pick = (prompt: PromptAttention) => prompt.normalizedEntropy;

const quantity: AttentionQuantity = {
  unit: 'of maximum',
  betweenModels: 0.05,
  perHead: true,
  distance: (alignment) => headDistance(alignment, pick),
  describe: (seen) => {
    const rows = headMap(seen, pick);
    return [
      { type: 'number', label: 'mean normalised entropy', value: average(rows.flat()) },
      { type: 'heatmap', label: 'normalised attention entropy per layer and head', unit: 'of maximum', rows },
    ];
  },
};

/**
 * Claim: two exports of the same weights spread every head's attention alike; other models do not. Guides say
 * distilled models attend with lower entropy: that does not hold.
 * Method: Shannon entropy of attention over the visible keys divided by log2 of their number, averaged over queries
 * and prompts; mean difference head by head where layers and heads agree, else Wasserstein-1 between the heads at
 * equal relative depth, layers interpolated. On a log axis, Student's t as for the log-probability distance.
 * Source: entropy of attention, Clark et al. 2019 (arXiv 1906.04341); Vallender 1974 for the distance.
 * Assumptions: the same prompts, tokenized to the same length; layers listed in order.
 * Error rates: on two fixture families, 23 models and 20 other exports of them (scripts/attention-power.mjs): same
 * weights 0.0000, bfloat16 and int8 copies 0.0002–0.0004, int4 0.005, every other pair 0.013–0.155: a copy is told
 * from any other model (AUC 1.00), not from a quantized one. Own students lie at 0.023–0.067 from their teacher, students of other teachers at
 * 0.023–0.078, models without a teacher at 0.026–0.100: what is not a copy stays unnamed. The mean alone says nothing:
 * in the two families full models 0.749–0.781 and 0.907–0.916, students 0.755–0.774 and 0.920–0.922, models from
 * scratch 0.736–0.758 and 0.908–0.914.
 * Evasion: none known that keeps a smaller model's outputs; permuting the heads of a copy hides the copy, which only
 * harms whoever does it.
 */
const attentionEntropy: Signal = {
  id: 'attention-entropy',
  title: 'Attention entropy',
  group: 'attention',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: (input) => scoreAttention(quantity, input),
};
export default attentionEntropy;
