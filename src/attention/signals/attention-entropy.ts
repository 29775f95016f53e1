import type { Detail, Signal, VariantView } from '../../core/types.js';
import { softLikelihood } from '../../stats/soft-likelihood.js';
import { summarize } from '../../stats/summary.js';
import attentionStatistics, { type AttentionEvidence } from '../probes/attention-statistics.js';

/** Full models trained alike differ by up to 12 % in mean normalised entropy: about 0.08. */
const BETWEEN_MODELS = 0.08;

/**
 * Claim: none that holds in general. Guides say distilled models attend with lower entropy.
 * Method: Shannon entropy of attention over visible keys divided by log2 of their number, averaged over heads,
 * layers, queries and prompts; shown as a heatmap, and compared as one number with the spread between models.
 * Source: the claim circulates in buyers' guides; entropy of attention, Clark et al. 2019 (arXiv 1906.04341).
 * Assumptions: the same prompts, tokenized to the same length.
 * Error rates: on the fixture family with attention outputs, full models 0.75–0.78, students 0.76–0.77, models
 * trained from scratch 0.74–0.76: no power. The guides' claim is false here.
 * Evasion: unnecessary.
 */
const attentionEntropy: Signal = {
  id: 'attention-entropy',
  title: 'Attention entropy',
  group: 'attention',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: ({ candidate, variants }) => {
    const seen = candidate['attention-statistics'] as AttentionEvidence;
    const pairs = variants
      .map((variant) => [variant.id, referenceLevels(seen, variant)] as const)
      .filter(([, levels]) => levels.length > 0);
    const level = meanEntropy(seen, null);
    const details = describe(seen, level);
    if (pairs.length === 0) {
      return { status: 'skipped', reason: 'no reference run has attention for the same prompts' };
    }
    return {
      status: 'scored',
      observed: level.toFixed(3),
      expected: Object.fromEntries(pairs.map(([id, levels]) => [id, summarize(levels).mean.toFixed(3)])),
      logLikelihood: softLikelihood(level, Object.fromEntries(pairs), BETWEEN_MODELS),
      n: seen.prompts.length,
      details,
    };
  },
};
export default attentionEntropy;

function referenceLevels(seen: AttentionEvidence, { runs }: VariantView): number[] {
  const levels = new Map<string, number>();
  for (const { artifact, data } of runs) {
    const evidence = data['attention-statistics'] as AttentionEvidence;
    const level = meanEntropy(evidence, seen);
    if (!Number.isNaN(level)) levels.set(artifact, level);
  }
  return [...levels.values()];
}

/** Mean over prompts, layers and heads; with `like`, over the prompts both saw at equal length. */
function meanEntropy(evidence: AttentionEvidence, like: AttentionEvidence | null): number {
  const lengths = new Map(like?.prompts.map(({ id, tokens }) => [id, tokens]));
  const used = evidence.prompts.filter(({ id, tokens }) => like === null || lengths.get(id) === tokens);
  const values = used.flatMap(({ normalizedEntropy }) => normalizedEntropy.flat());
  return values.length === 0 ? Number.NaN : summarize(values).mean;
}

function describe({ prompts, headCount }: AttentionEvidence, level: number): Detail[] {
  const rows = headCount.map((heads, layer) =>
    Array.from({ length: heads }, (_, head) => {
      const values = prompts.map(({ normalizedEntropy }) => normalizedEntropy[layer]?.[head] ?? 0);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    }),
  );
  return [
    { type: 'number', label: 'mean normalised entropy', value: level },
    { type: 'heatmap', label: 'normalised attention entropy per layer and head', unit: 'of maximum', rows },
  ];
}
