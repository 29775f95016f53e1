import type { Detail, Signal, VariantView } from '../../core/types.js';
import greedyReplies, { type GreedyReply } from '../../replies/probes/greedy-replies.js';
import sampledReplies, { type SampledPrompt } from '../../replies/probes/sampled-replies.js';
import { equalityLikelihood } from '../equality-likelihood.js';
import { compareSamples, type SampleComparison } from '../sample-comparison.js';

type Tested = Extract<SampleComparison, { status: 'tested' }>;

/**
 * Claim: the candidate samples its replies from the same distribution as the version.
 * Method: Model Equality Testing: unbiased MMD² with a Hamming kernel on code points, permuted within prompts, against
 * each reference run; the p-value of the nearest run becomes a bounded Bayes factor.
 * Source: arXiv 2410.20247; calibration −e·p·ln p of Sellke, Bayarri and Berger 2001.
 * Assumptions: replies are independent, at temperature 1, to the same prompts. Hidden system prompts and other samplers
 * make the same weights differ, so the signal never speaks for more than two nats.
 * Error rates: at p ≤ 0.01 the model itself was accused in 0–1 % of tests of 25 prompts × 10 samples × 50 tokens (deep).
 * Found, in fixture families quill and folio: an int8 copy 1 and 18 % (chance), a distilled student 75 and 5 %, models of
 * another seed 26–32 and 18–100 %, of another corpus 100 %. The quick tier finds 0–4 % of anything. So it cannot see a copy
 * at 8 bits, and the quick tier cannot see anything (bench/endpoint/met.mjs, docs/sampled-text.md).
 * Evasion: routing what looks like a test to the genuine model. A cache is seen and not counted.
 */
const sampleEquality: Signal = {
  id: 'sample-equality',
  title: 'Sampled replies',
  group: 'behaviour',
  spoofing: 'costly',
  needs: [sampledReplies],
  wants: [greedyReplies],
  score: ({ candidate, variants }) => {
    const seen = candidate['sampled-replies'] as readonly SampledPrompt[];
    const compared = variants.map(({ id, runs }) => ({ id, ...nearest(seen, runs) }));
    const measured = compared.flatMap(({ id, best }) => (best ? [{ id, best }] : []));
    if (measured.length === 0) {
      const reason = compared.map(({ why }) => why).find((text) => text !== null);
      return { status: 'skipped', reason: reason ?? 'no reference run sampled replies' };
    }
    const greedy = candidate['greedy-replies'] as readonly GreedyReply[] | undefined;
    return {
      status: 'scored',
      observed: measured.map(({ id, best }) => `p = ${best.p.toPrecision(2)} against "${id}"`).join(', '),
      expected: Object.fromEntries(measured.map(({ id }) => [id, 'p uniform between 0 and 1'])),
      logLikelihood: {
        ...Object.fromEntries(measured.map(({ id, best }) => [id, equalityLikelihood(best.p)])),
        other: 0,
      },
      n: Math.max(...measured.map(({ best }) => best.replies.distinct)),
      details: [...measured.flatMap(({ id, best }) => rows(id, best)), ...wouldDecide(greedy)],
    };
  },
};
export default sampleEquality;

/** A version may have several artifacts; a candidate equal to any of them is that version. */
function nearest(
  seen: readonly SampledPrompt[],
  runs: VariantView['runs'],
): { readonly best: Tested | null; readonly why: string | null } {
  let best: Tested | null = null;
  let why: string | null = null;
  for (const { data } of runs) {
    const result = compareSamples(seen, data['sampled-replies'] as readonly SampledPrompt[]);
    if (result.status === 'untestable') why ??= result.reason;
    else if (best === null || result.p > best.p) best = result;
  }
  return { best, why };
}

function rows(id: string, { p, statistic, prompts, replies, untrimmedP }: Tested): Detail[] {
  const repeated = replies.candidate - replies.distinct;
  return [
    { type: 'number', label: `p-value against ${id}`, value: p },
    { type: 'number', label: `MMD² to ${id}`, value: statistic },
    { type: 'number', label: `prompts compared with ${id}`, value: prompts },
    ...(repeated === 0
      ? []
      : [{ type: 'number', label: 'repeated replies, counted once', value: repeated } as const]),
    ...(untrimmedP === null
      ? []
      : [{ type: 'number', label: `p-value against ${id}, texts as received`, value: untrimmedP } as const]),
  ];
}

function wouldDecide(greedy: readonly GreedyReply[] | undefined): Detail[] {
  if (greedy?.some(({ tokens }) => tokens !== null && tokens.length > 0)) return [];
  const value =
    'Log-probabilities, which this endpoint does not give: text alone does not tell a copy at 8 bits, a hidden system prompt or another sampler apart.';
  return [{ type: 'text', label: 'what would decide', value }];
}
