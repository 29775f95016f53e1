import type { Signal } from '../../core/types.js';
import { summarize } from '../../stats/summary.js';
import { layerDistance } from '../alignment.js';
import { type AttentionQuantity, headMap, scoreAttention } from '../closeness.js';
import attentionStatistics, { type PromptAttention } from '../probes/attention-statistics.js';

const pick = (prompt: PromptAttention) => prompt.normalizedEntropy;
/** A layer with one head has no spread. */
const spread = (heads: readonly number[]): number => summarize(heads).sd ?? 0;

const quantity: AttentionQuantity = {
  unit: 'of maximum',
  betweenModels: 0.025,
  perHead: false,
  distance: (alignment) => layerDistance(alignment, pick, (a, b) => Math.abs(spread(a) - spread(b))),
  describe: (seen) => [
    {
      type: 'text',
      label: 'spread of head entropies per layer',
      value: headMap(seen, pick)
        .map((heads) => spread(heads).toFixed(3))
        .join(', '),
    },
  ],
};

/**
 * Claim: two exports of the same weights have heads that differ from each other equally much in every layer.
 * Method: sample standard deviation of the normalised entropies of a layer's heads; mean difference at equal
 * relative depth, a stack with fewer layers interpolated.
 * Source: specialised and diffuse heads, Voita et al. 2019 (arXiv 1905.09418).
 * Assumptions: as for attention entropy; a layer with one head has no spread.
 * Error rates: on two fixture families (scripts/attention-power.mjs): same weights 0.0000, bfloat16 0.0001, int8 copies
 * 0.0001–0.0003, int4 0.002, every other pair 0.002–0.100 (AUC 1.00). Own students lie nearer to their teacher (0.013–0.042) than
 * models without one (0.018–0.100; within a family AUC 1.00), but students of another teacher do too (0.020–0.068),
 * so this reads how a model was trained, not from whom; five and two students support no more.
 * Evasion: as for attention entropy.
 */
const headDispersion: Signal = {
  id: 'head-dispersion',
  title: 'Dispersion of heads',
  group: 'attention',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: (input) => scoreAttention(quantity, input),
};
export default headDispersion;
