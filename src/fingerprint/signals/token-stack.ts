import type { Detail, Signal, VariantView } from '../../core/types.js';
import { clopperPearson } from '../../stats/clopper-pearson.js';
import { logMixture } from '../../stats/log-mixture.js';
import tokenCounts, { type TokenCounts } from '../probes/token-counts.js';
import { byVariant } from '../token-counts/counting.js';
import { type Explanations, explain, type Reported } from '../token-counts/explain.js';
import { described, type Fit, fitOf } from '../token-counts/fit.js';
import { RECOUNTERS } from '../token-counts/recounters.js';
import { MEASURED, reportedOf, stated, whyNone, withCached } from '../token-counts/usable.js';

/** Policy: chance that a service that states cached tokens has left them out of its prompt tokens. */
const CACHED_APART = 0.1;

/**
 * Claim: the tokens a service reports for fresh texts are those of the claimed version's tokenizer, on every request.
 * Method: reported tokens less the local count are the overhead of template and hidden prompts, one or a few constants
 * if that tokenizer counted; a Pólya urn weighs how few. The likelihood of a version mixes what a server might count
 * with: its own tokenizer, cl100k, o200k, something unknown, for some requests or all. Requests that another model
 * answered show as counts of its tokenizer; their share has an exact (Clopper–Pearson) interval.
 * Source: usage fields of the answers; shipped vocabularies, run locally.
 * Assumptions: one user message adds its own tokens to a template that does not depend on it.
 * Error rates: bench/endpoint/token-counts.mjs; weights of the counters are policy.
 * Evasion: counting with the claimed version's tokenizer. A match therefore acquits nobody; a mismatch refutes.
 */
const tokenStack: Signal = {
  id: 'token-stack',
  title: 'Reported token counts',
  group: 'token-counts',
  spoofing: 'trivial',
  needs: [tokenCounts],
  score: ({ candidate, variants }) => {
    const seen = candidate['token-counts'] as TokenCounts;
    const usable = stated(seen);
    const reason = whyNone(seen, usable);
    if (reason !== undefined) return { status: 'skipped', reason };
    const reported = reportedOf(usable, seen.stacks, variants);
    const explanations = explain(reported);
    const fit = fitOf(reported, explanations);
    return {
      status: 'scored',
      observed: described(fit, usable.length),
      expected: Object.fromEntries(
        variants.flatMap(({ id, tokenStack: own }) => (own === undefined ? [] : [[id, `counts of ${own}`]])),
      ),
      logLikelihood: logLikelihoods(explanations, withCached(reported, usable), variants),
      n: usable.length,
      details: detailsOf(reported, fit, usable.length),
    };
  },
};
export default tokenStack;

function logLikelihoods(
  explanations: Explanations,
  cached: Reported | undefined,
  variants: readonly VariantView[],
): Record<string, number> {
  const stackOf = (variant: VariantView): string | undefined =>
    variant.tokenStack ?? `${MEASURED}${variant.id}`;
  const plain = byVariant(explanations, variants, stackOf);
  if (cached === undefined) return plain;
  const apart = byVariant(explain(cached), variants, stackOf);
  return Object.fromEntries(
    Object.entries(plain).map(([id, log]) => [
      id,
      logMixture([
        [1 - CACHED_APART, log],
        [CACHED_APART, apart[id] ?? log],
      ]),
    ]),
  );
}

function detailsOf(reported: Reported, { main, foreign }: Fit, requests: number): Detail[] {
  if (main === null) return [];
  const overheads = reported.tokens.map((all, at) => all - (reported.counts[main]?.[at] ?? 0));
  const samples: Detail = {
    type: 'samples',
    label: `tokens reported beyond those of the text, by ${main}`,
    unit: 'tokens',
    values: overheads,
  };
  if (RECOUNTERS.includes(main)) return [samples];
  const hits = foreign === null || RECOUNTERS.includes(foreign.stack) ? 0 : foreign.requests.length;
  const { low: lower, high: upper } = clopperPearson(hits, requests, 0.95);
  const percent = (label: string, value: number): Detail => ({
    type: 'number',
    label,
    value: 100 * value,
    unit: '%',
  });
  return [
    percent('requests that another model’s tokenizer counted', hits / requests),
    percent('share of such requests, lower end of its 95 % interval', lower),
    percent('share of such requests, upper end of its 95 % interval', upper),
    samples,
  ];
}
