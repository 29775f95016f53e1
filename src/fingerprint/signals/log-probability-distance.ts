import type { Signal } from '../../core/types.js';
import { scoreCloseness } from '../../stats/closeness.js';
import { pairedScale } from '../closeness.js';
import { meanDifference } from '../paired-log-probs.js';
import logProbabilities, { type LogProbabilities } from '../probes/log-probabilities.js';

/** Added before the logarithm: half the resolution of stored log-probabilities. */
const RESOLUTION = 5e-4;

const scale = pairedScale({
  unit: 'nats',
  measure: (positions) => Math.log(meanDifference(positions) + RESOLUTION),
  display: (value) => Math.max(0, Math.exp(value) - RESOLUTION),
  decimals: 3,
  closer: -1,
  // Mean |Δ log p| against float32: engines and threads ≤ 1.4e-3, F16 ≤ 2.2e-3, BF16 4e-3 … 1.2e-2.
  sameWeights: { location: Math.log(2e-3), scale: 0.8, df: 20 },
  // Weights rounded to 8 bits 6e-3 … 1.8e-2, int8 graphs 2.1e-2 … 8.7e-2, 4 bits 0.12 … 0.36, 3 bits 0.30 … 0.76.
  quantized: { location: Math.log(0.06), scale: 1.2 },
  // Students of four families 0.41 … 1.09. Beside the strangers of their family they lie by −0.45 … −1.06 on this axis,
  // those that start from layers of the teacher by −0.70 … −1.70, half-hearted ones (temperature 1, half text) by −0.11.
  distilled: { location: Math.log(0.75), scale: 0.4 },
  distilledFromStrangers: { location: -0.8, scale: 0.4 },
  // Merges 0.12 … 0.43, tuned 0.38 … 0.59, pruned 0.16 … 1.03, tuned on other text until little is left 1.4 … 1.9.
  altered: { location: Math.log(0.55), scale: 0.8 },
  unrelated: { location: Math.log(1.5), scale: 0.5 },
  // Strangers of one family spread by 0.03 … 0.14.
  seedScale: 0.1,
});

/**
 * Claim: two exports of the same weights give every token nearly the same probability; a student, a quantized
 * copy and a stranger are each further away.
 * Method: mean absolute difference of natural-log probabilities over 64 fixed vocabulary ids at every position
 * of the suite's passages, under teacher forcing; on a log axis, Student's t around what the references
 * show of each other, each left out in turn (8 degrees of freedom), or around engine noise (20).
 * Source: soft-target matching as the objective of distillation, Hinton, Vinyals and Dean 2015 (arXiv
 * 1503.02531); noise levels measured on this package's fixture families and on a llama.cpp server.
 * Assumptions: the candidate's tokenizer cuts the passages as the reference's does.
 * Error rates: on four families and the quick suite, same weights 0.001 nats (BF16 0.005–0.008), 8-bit copies 0.008–0.087,
 * own students 0.41–1.09, independent models 1.01–1.98 and nearer in no family than its students. What follows from it
 * on families nobody had looked at is in docs/verdict.md.
 * Evasion: run the genuine weights for these passages only, or train the student on the passages themselves: they
 * are published, so a buyer who expects that needs passages of their own. Sequence-level distillation (training on
 * sampled text) looks like an independent model here.
 */
const logProbabilityDistance: Signal = {
  id: 'log-probability-distance',
  title: 'Log-probability distance',
  group: 'log-probabilities',
  spoofing: 'costly',
  needs: [logProbabilities],
  score: (input) => scoreCloseness(scale, input.candidate['log-probabilities'] as LogProbabilities, input),
};
export default logProbabilityDistance;
