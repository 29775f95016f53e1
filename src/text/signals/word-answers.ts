import type { Detail, Signal, VariantView } from '../../core/types.js';
import { equalityLikelihood } from '../equality-likelihood.js';
import wordAnswersProbe, { type WordAnswers } from '../probes/word-answers.js';
import { compareWords, type WordComparison } from '../word-comparison.js';

type Tested = Extract<WordComparison, { status: 'tested' }>;

/**
 * Claim: asked for any word, the candidate says each as often as the version does.
 * Method: Jensen–Shannon divergence of the answers, averaged over questions and permuted within them, against each
 * reference run; the p-value of the nearest run becomes a bounded Bayes factor.
 * Source: one-word answers separate models in Bruckner 2026 ("One Token Is Enough"); divergence of Lin 1991; calibration
 * −e·p·ln p of Sellke, Bayarri and Berger 2001.
 * Assumptions: answers are independent and at temperature 1. Hidden system prompts and other samplers make the same weights
 * differ, so the signal never speaks for more than two nats.
 * Error rates: false alarms at most as stated (test/text/word-answers.test.ts). It cannot see what answers with another word
 * nearly every time: fixture models, which babble, are told apart in 0 of 40 tests each, those of another corpus in 2
 * (bench/endpoint/word-answers.mjs). Its power on models that do answer is not measured.
 * Evasion: routing short questions to the genuine model. A cache is seen and not counted.
 */
const wordAnswers: Signal = {
  id: 'word-answers',
  title: 'One-word answers',
  group: 'behaviour',
  spoofing: 'costly',
  needs: [wordAnswersProbe],
  score: ({ candidate, variants }) => {
    const seen = candidate['word-answers'] as readonly WordAnswers[];
    if (seen.length === 0) return { status: 'skipped', reason: 'this tier asks no one-word questions' };
    const compared = variants.map(({ id, runs }) => ({ id, ...nearest(seen, runs) }));
    const measured = compared.flatMap(({ id, best }) => (best ? [{ id, best }] : []));
    if (measured.length === 0) {
      const reason = compared.map(({ why }) => why).find((text) => text !== null);
      return { status: 'skipped', reason: reason ?? 'no reference run has one-word answers' };
    }
    return {
      status: 'scored',
      observed: measured.map(({ id, best }) => `p = ${best.p.toPrecision(2)} against "${id}"`).join(', '),
      expected: Object.fromEntries(measured.map(({ id }) => [id, 'p uniform between 0 and 1'])),
      logLikelihood: {
        ...Object.fromEntries(measured.map(({ id, best }) => [id, equalityLikelihood(best.p)])),
        other: 0,
      },
      n: Math.max(...measured.map(({ best }) => best.answers)),
      details: measured.flatMap(({ id, best }) => rows(id, best)),
    };
  },
};
export default wordAnswers;

/** A version may have several artifacts; a candidate equal to any of them is that version. */
function nearest(
  seen: readonly WordAnswers[],
  runs: VariantView['runs'],
): { readonly best: Tested | null; readonly why: string | null } {
  let best: Tested | null = null;
  let why: string | null = null;
  for (const { data } of runs) {
    const result = compareWords(seen, data['word-answers'] as readonly WordAnswers[]);
    if (result.status === 'untestable') why ??= result.reason;
    else if (best === null || result.p > best.p) best = result;
  }
  return { best, why };
}

function rows(id: string, { p, divergence, questions, constant }: Tested): Detail[] {
  return [
    { type: 'number', label: `p-value against ${id}`, value: p },
    { type: 'number', label: `divergence from ${id}`, value: divergence, unit: 'bit' },
    { type: 'number', label: `questions compared with ${id}`, value: questions },
    ...(constant === 0
      ? []
      : [{ type: 'number', label: 'questions always answered alike, left out', value: constant } as const]),
  ];
}
