import type { Signal, VariantView } from '../../core/types.js';
import { softLikelihood } from '../../stats/soft-likelihood.js';
import { summarize } from '../../stats/summary.js';
import repetitionProbe, { type RepetitionEvidence } from '../probes/repetition.js';

/** Models trained alike but for the seed differ by this much in mean seq-rep-4 over a suite. */
const BETWEEN_MODELS = 0.12;

/**
 * Claim: none that holds in general. Guides say distilled models repeat 23 % more n-grams.
 * Method: seq-rep-4 = 1 − unique 4-grams / 4-grams of each greedy continuation, averaged over prompts, compared
 * with the spread between models.
 * Source: Welleck et al. 2020 (arXiv 1908.04319).
 * Assumptions: greedy decoding of the same prompts to the same length.
 * Error rates: full models repeat 0.29–0.43 and their students 0.30–0.40 in one fixture family, 0.52–0.55 and
 * 0.57–0.65 in the other; two exports of one model differ by up to 0.03. The guides' 23 % is false in the first
 * family and holds for one of two students in the second (scripts/closeness-table.mjs).
 * Evasion: a repetition penalty in the server.
 */
const repetition: Signal = {
  id: 'repetition',
  title: 'N-gram repetition',
  group: 'repetition',
  spoofing: 'trivial',
  needs: [repetitionProbe],
  score: ({ candidate, variants }) => {
    const level = meanRepetition(candidate.repetition as RepetitionEvidence);
    const pairs = variants
      .map((variant) => [variant.id, referenceLevels(variant)] as const)
      .filter(([, levels]) => levels.length > 0);
    if (level === null || pairs.length === 0) {
      return {
        status: 'skipped',
        reason: 'continuations are shorter than four tokens, or no reference has any',
      };
    }
    const rows = candidate.repetition as RepetitionEvidence;
    return {
      status: 'scored',
      observed: level.toFixed(3),
      expected: Object.fromEntries(pairs.map(([id, levels]) => [id, summarize(levels).mean.toFixed(3)])),
      logLikelihood: softLikelihood(level, Object.fromEntries(pairs), BETWEEN_MODELS),
      n: rows.length,
      details: [
        { type: 'number', label: 'mean seq-rep-4', value: level },
        {
          type: 'samples',
          label: 'seq-rep-4 per prompt',
          unit: '',
          values: rows.flatMap((row) => row['seq-rep-4'] ?? []),
        },
      ],
    };
  },
};
export default repetition;

function meanRepetition(rows: RepetitionEvidence): number | null {
  const values = rows.flatMap((row) => row['seq-rep-4'] ?? []);
  return values.length === 0 ? null : summarize(values).mean;
}

function referenceLevels({ runs }: VariantView): number[] {
  const levels = new Map<string, number>();
  for (const { artifact, data } of runs) {
    const level = meanRepetition(data.repetition as RepetitionEvidence);
    if (level !== null) levels.set(artifact, level);
  }
  return [...levels.values()];
}
