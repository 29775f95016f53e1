import type { Signal } from '../../core/types.js';
import { scoreCloseness } from '../../stats/closeness.js';
import { pearson } from '../../stats/pearson.js';
import { pairedScale } from '../closeness.js';
import logProbabilities, { type LogProbabilities } from '../probes/log-probabilities.js';

/** Correlations are averaged on Fisher's axis, where 1 is infinite; equal rows count as this. */
const MAX_CORRELATION = 0.999999;

const scale = pairedScale({
  unit: 'correlation',
  measure: (positions) => {
    const values = positions.map(({ a, b }) => pearson(a, b)).filter((r) => !Number.isNaN(r));
    const mean = values.reduce((sum, r) => sum + r, 0) / Math.max(1, values.length);
    return Math.atanh(Math.min(MAX_CORRELATION, Math.max(-MAX_CORRELATION, mean)));
  },
  display: Math.tanh,
  decimals: 4,
  closer: 1,
  // F16 weights 8.2 and more, BF16 6.8 … 7.5, weights rounded to 8 bits 6.0 … 7.2, int8 graphs 4.2 … 6.2, 4 bits 3.1 … 4.6.
  sameWeights: { location: 7, scale: 0.6, df: 20 },
  quantized: { location: 5.3, scale: 1.4 },
  // Students of four families 2.0 … 3.2, by 0.34 … 1.02 above the strangers of their family,
  // those that start from layers of the teacher by 0.4 … 1.75.
  distilled: { location: Math.atanh(0.985), scale: 0.4 },
  distilledFromStrangers: { location: 0.8, scale: 0.4 },
  altered: { location: Math.atanh(0.99), scale: 0.8 },
  unrelated: { location: Math.atanh(0.96), scale: 0.5 },
  seedScale: 0.1,
});

/**
 * Claim: a student trained on a teacher's logits keeps the teacher's ordering of unlikely tokens; an
 * independent model of the same data and tokenizer does not.
 * Method: Pearson correlation of log-probabilities over 64 fixed vocabulary ids, almost all in the tail, per
 * position and averaged; scored on Fisher's z axis as the log-probability distance is.
 * Source: "dark knowledge", Hinton, Vinyals and Dean 2015 (arXiv 1503.02531).
 * Assumptions: same vocabulary. The level of strangers depends on the family (0.90–0.94 in one fixture family,
 * 0.97–0.98 in the other), so references of kind `other` make this signal sharper.
 * Error rates: on four families, own students 0.961–0.997 and above every stranger of their family, 8-bit copies above
 * 0.9997, same weights above 0.99999 (BF16 0.999997). What follows from it is in docs/verdict.md.
 * Evasion: distilling on sampled text instead of logits leaves no trace here.
 */
const tailCorrelation: Signal = {
  id: 'tail-correlation',
  title: 'Tail correlation',
  group: 'log-probabilities',
  spoofing: 'costly',
  needs: [logProbabilities],
  score: (input) => scoreCloseness(scale, input.candidate['log-probabilities'] as LogProbabilities, input),
};
export default tailCorrelation;
