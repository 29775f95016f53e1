import type { VariantView } from '../../core/types.js';
import { logMixture } from '../../stats/log-mixture.js';

/** ln P of what was reported, if a known tokenizer counted it, by id; and if something unknown did. */
export interface CounterFit {
  readonly known: Readonly<Record<string, number>>;
  readonly unknown: number;
}

/** Tokenizers with which gateways are known to recount whatever model is behind them. */
const RECOUNTING = ['cl100k', 'o200k'];
/** Policy: gateways of the one-api class recount where a server reports nothing. */
const RECOUNTED = 0.03;
/** Policy: characters divided by four, another library's tokenizer, anything. */
const UNKNOWN = 0.04;
/** Policy: no honest gateway is known that counts with another model's tokenizer. */
const ANOTHER_MODELS = 2e-5;
/** Policy: a seller who serves another model than the full one may count with the full one's tokenizer. */
const SPOOFED = 0.2;

/** Log-likelihood per variant and `other`: a mixture over what the server might honestly have counted with. */
export function byVariant(fit: CounterFit, variants: readonly VariantView[]): Record<string, number> {
  const full = new Set(variants.filter(({ kind }) => kind === 'full').map(({ tokenStack }) => tokenStack));
  const models = Object.keys(fit.known).filter((id) => !RECOUNTING.includes(id));
  const claimed = models.filter((id) => full.has(id));
  return Object.fromEntries([
    ...variants.map(({ id, tokenStack }) => [id, logLikelihoodOf(fit, models, claimed, tokenStack)]),
    ['other', logLikelihoodOf(fit, models, claimed, undefined)],
  ]);
}

function logLikelihoodOf(
  { known, unknown }: CounterFit,
  models: readonly string[],
  claimed: readonly string[],
  own: string | undefined,
): number {
  const recounters = RECOUNTING.filter((id) => id in known);
  const recounted = recounters.map((id): Part => [RECOUNTED, known[id] ?? 0]);
  const left = 1 - UNKNOWN - RECOUNTED * recounters.length;
  // Nothing can be said of a variant whose tokenizer is none of those counted with.
  const anyOf = own === undefined || !models.includes(own);
  if (anyOf) {
    const each = models.map((id): Part => [(0.5 * left) / models.length, known[id] ?? 0]);
    return logMixture([...each, ...recounted, [UNKNOWN + 0.5 * left, unknown]]);
  }
  const spoofable = claimed.filter((id) => id !== own);
  const isSpoof = !claimed.includes(own);
  const others = models.filter((id) => id !== own);
  const weightOf = (id: string): number =>
    isSpoof && spoofable.includes(id) ? SPOOFED / spoofable.length : ANOTHER_MODELS;
  const taken = others.reduce((sum, id) => sum + weightOf(id), 0);
  return logMixture([
    [left - taken, known[own] ?? 0],
    ...others.map((id): Part => [weightOf(id), known[id] ?? 0]),
    ...recounted,
    [UNKNOWN, unknown],
  ]);
}

type Part = readonly [weight: number, logLikelihood: number];
