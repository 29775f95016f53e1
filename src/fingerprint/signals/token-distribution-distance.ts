import { inCommon } from '../../core/in-common.js';
import type { Signal } from '../../core/types.js';
import { type ClosenessScale, scoreCloseness } from '../../stats/closeness.js';
import { DISTRIBUTION_LEVELS, distributionCloseness } from '../distributions/closeness.js';
import { MIN_CONTEXTS, pairTop } from '../distributions/compare.js';
import { type Counts, compareCounts, surest } from '../distributions/doubt.js';
import type { TokenDistributions } from '../distributions/types.js';
import tokenDistributions from '../probes/token-distributions.js';

/**
 * Chance that a server put another text before the prefix than the reference read, all policy. With equal counts it
 * would have to change the text and hide that in its count. Without counts it may lack a mark of the begin or wrap
 * the text in a template. With different counts it did, or a gateway counted with another tokenizer.
 */
const DOUBT: Readonly<Record<Counts, number>> = { equal: 1e-5, unknown: 0.1, different: 0.9 };

const scale: ClosenessScale<TokenDistributions> = {
  ...DISTRIBUTION_LEVELS,
  read: (data) => (data['token-distributions'] as TokenDistributions | undefined) ?? null,
  compare: (a, b) => {
    const theirs = new Map(b.contexts.map((context) => [context.id, context]));
    const found = a.contexts.flatMap((context) => {
      const other = theirs.get(context.id);
      const pair = other && pairTop(context, other);
      return pair ? [{ ...pair, counts: compareCounts(context.before, other.before) }] : [];
    });
    const { counts, chosen } = surest(found, MIN_CONTEXTS);
    return distributionCloseness(chosen, DOUBT[counts]);
  },
  within: (reference, { contexts }) => ({ ...reference, contexts: inCommon(reference.contexts, contexts) }),
  incomparable: 'no reference has distributions after the same texts',
};

/**
 * Claim: the model behind a server gives the next token the probabilities that the claimed weights give it.
 * Method: the most probable tokens (up to 20) after prefixes of the suite's passages, sent as raw text; mean absolute
 * difference of natural-log probabilities over the tokens either model lists among its first, where a token that one
 * list lacks differs by at least what its last entry bounds. A common temperature and per-context normalization are
 * fitted, and undone where they explain three quarters of the difference, since some servers state probabilities
 * after sampling. Compared with references on a log axis as the log-probability distance is, and mixed with the
 * chance that the server did not read the same text, by whether both count as many tokens before it.
 * Source: per-token log-probability differences after left-censoring as in "Log-Probability Tracking of LLM APIs"
 * (ICLR 2026); levels of noise measured on a llama.cpp server and on this package's fixture families.
 * Assumptions: a reference was asked the same; the server states probabilities before or after one sampler.
 * Error rates: over 300 contexts of two fixture families, F16 and other exports of the same weights 0.0003–0.0005
 * nats, BF16 0.0024–0.0039, int8 copies 0.0037–0.035, int4 0.065–0.13, students 0.21–0.27, independent models 0.29–0.38:
 * at 12 tokens AUC 1.0000 of int4 and anything further, BF16 among the genuine; of int8 0.976 at 12 and 0.984 at 300
 * tokens across models (bench/endpoint/distributions.mjs). So an 8-bit copy is not called from one reference, and a
 * 4-bit copy, a fine-tune and a student are alike "not the reference".
 * Evasion: send these published prefixes to the genuine model; or refuse log-probabilities, which is no guilt.
 */
const tokenDistributionDistance: Signal = {
  id: 'token-distribution-distance',
  title: 'Token distribution distance',
  group: 'log-probabilities',
  spoofing: 'costly',
  needs: [tokenDistributions],
  score: (input) =>
    scoreCloseness(scale, input.candidate['token-distributions'] as TokenDistributions, input),
};
export default tokenDistributionDistance;
