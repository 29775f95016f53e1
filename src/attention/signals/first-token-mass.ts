import type { Signal } from '../../core/types.js';
import { average } from '../alignment.js';
import { type AttentionQuantity, headDistance, headMap, scoreAttention } from '../closeness.js';
import attentionStatistics, { type PromptAttention } from '../probes/attention-statistics.js';

const pick = (prompt: PromptAttention) => prompt.firstTokenMass;

const quantity: AttentionQuantity = {
  unit: 'of attention',
  betweenModels: 0.007,
  perHead: true,
  distance: (alignment) => headDistance(alignment, pick),
  describe: (seen) => {
    const rows = headMap(seen, pick);
    return [
      { type: 'number', label: 'mean attention to the first token', value: average(rows.flat()) },
      {
        type: 'heatmap',
        label: 'attention to the first token per layer and head',
        unit: 'of attention',
        rows,
      },
    ];
  },
};

/**
 * Claim: two exports of the same weights put the same attention on the first token (the attention sink), head by
 * head; other models do not.
 * Method: share of attention that falls on the first key, averaged over queries and prompts; compared as attention
 * entropy is.
 * Source: attention sinks, Xiao et al. 2023 (arXiv 2309.17453).
 * Assumptions: as for attention entropy, and the same first token: a tokenizer that puts a beginning-of-text token
 * there changes it.
 * Error rates: on two fixture families (scripts/attention-power.mjs): same weights and bfloat16 0.0000, int8 copies
 * 0.0001–0.0002, int4 0.0005, every other pair 0.002–0.034 (AUC 1.00). Own students 0.004–0.009 from their teacher, models without a
 * teacher 0.004–0.026: no power there. These models are too small to form strong sinks; large ones do.
 * Evasion: unknown.
 */
const firstTokenMass: Signal = {
  id: 'first-token-mass',
  title: 'Attention to the first token',
  group: 'attention',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: (input) => scoreAttention(quantity, input),
};
export default firstTokenMass;
