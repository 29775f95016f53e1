import type { Signal } from '../../core/types.js';
import { average } from '../alignment.js';
import { type AttentionQuantity, headDistance, headMap, scoreAttention } from '../closeness.js';
import attentionStatistics, { type PromptAttention } from '../probes/attention-statistics.js';

const pick = (prompt: PromptAttention) => prompt.headSimilarity;

const quantity: AttentionQuantity = {
  unit: 'cosine',
  betweenModels: 0.06,
  perHead: true,
  distance: (alignment) => headDistance(alignment, pick),
  describe: (seen) => {
    const rows = headMap(seen, pick);
    return [
      { type: 'number', label: 'mean similarity of heads', value: average(rows.flat()) },
      { type: 'heatmap', label: 'similarity of each head to the others of its layer', unit: 'cosine', rows },
    ];
  },
};

/**
 * Claim: two exports of the same weights have equally redundant heads.
 * Method: mean cosine similarity of a head's attention map with those of the other heads of its layer, averaged over
 * prompts; compared as attention entropy is.
 * Source: redundancy of heads, Michel, Levy and Neubig 2019 (arXiv 1905.10650).
 * Assumptions: as for attention entropy. Layers with fewer heads are less redundant here, whoever trained them, so
 * across head counts this measures the shape.
 * Error rates: on two fixture families (scripts/attention-power.mjs): same weights 0.0000, bfloat16 0.0001, int8 copies
 * 0.0002–0.0004, int4 0.003, every other pair 0.013–0.203 (AUC 1.00). Own students 0.057–0.201 from their teacher,
 * models without a teacher 0.033–0.190: students are no nearer (AUC 0.08 and 0.50).
 * Evasion: as for attention entropy; a duplicated head raises it.
 */
const headSimilarity: Signal = {
  id: 'head-similarity',
  title: 'Similarity of heads',
  group: 'attention',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: (input) => scoreAttention(quantity, input),
};
export default headSimilarity;
