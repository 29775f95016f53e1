import type { VariantView } from '../../core/types.js';
import { logMixture } from '../../stats/log-mixture.js';
import type { Explanations } from './explain.js';
import { RECOUNTERS } from './recounters.js';

/** Policy: gateways of the one-api class count for themselves where a server reports nothing; each of two tokenizers, */
const RECOUNTED = 0.03;
/** or by a rule of thumb; each. */
const _RULED = 0.01;
/** Policy: another library's tokenizer, another rule, anything. */
const UNKNOWN = 0.04;
/** Policy: some replicas stand behind such a gateway and others do not; each counter, either in the majority. */
const PARTLY_RECOUNTED = 0.003;
/** Policy: a few requests are counted by nothing known: a replica with another counter, a service that adds texts. */
const PARTLY_UNKNOWN = 5e-4;
/** Policy: no honest gateway is known that counts with another model's tokenizer, be it all requests or some. */
const ANOTHER_MODELS = 2e-5;
const PARTLY_ANOTHERS = 5e-6;
/** Policy: a seller who serves another model than the full one may count with the full one's tokenizer, */
const SPOOFED = 0.2;
/** or let the full one answer some requests: each with either in the majority. */
const DILUTED = 0.125;

type Part = readonly [weight: number, logLikelihood: number];

/**
 * Log-likelihood per variant and `other`: a mixture over what a server might count with. `stackOf` names what a
 * variant's own counts are, where known.
 */
export function byVariant(
  explanations: Explanations,
  variants: readonly VariantView[],
  stackOf: (variant: VariantView) => string | undefined,
): Record<string, number> {
  const models = explanations.stacks.filter((id) => !RECOUNTERS.includes(id));
  const full = variants.filter(({ kind }) => kind === 'full').map(stackOf);
  const claimed = models.filter((id) => full.includes(id));
  const cached = new Map<string | undefined, number>();
  const logOf = (own: string | undefined): number => {
    const known = cached.get(own) ?? logMixture(partsOf(explanations, models, claimed, own));
    cached.set(own, known);
    return known;
  };
  const ownOf = (variant: VariantView): string | undefined => models.find((id) => id === stackOf(variant));
  return Object.fromEntries([
    ...variants.map((variant) => [variant.id, logOf(ownOf(variant))]),
    ['other', logOf(undefined)],
  ]);
}

function partsOf(
  explanations: Explanations,
  models: readonly string[],
  claimed: readonly string[],
  own: string | undefined,
): Part[] {
  const { stacks, pure, unknown } = explanations;
  const recounters = RECOUNTERS.filter((id) => stacks.includes(id));
  const always: Part[] = [[UNKNOWN, unknown], ...recounters.map((id): Part => [RECOUNTED, pure[id] ?? 0])];
  const special =
    own === undefined ? ofAnyModel(explanations, models) : ofModel(explanations, models, claimed, own);
  const rest = 1 - [...always, ...special].reduce((sum, [weight]) => sum + weight, 0);
  return [...always, ...special, [rest, own === undefined ? unknown : (pure[own] ?? 0)]];
}

/** A model that is none of the known ones: any tokenizer, or one of the known. */
function ofAnyModel({ pure, divided }: Explanations, models: readonly string[]): Part[] {
  const pairs = models.flatMap((first) =>
    models.filter((second) => second !== first).map((second) => divided(first, second).logLikelihood),
  );
  return [
    ...models.map((id): Part => [0.4 / models.length, pure[id] ?? 0]),
    ...pairs.map((log): Part => [0.1 / pairs.length, log]),
  ];
}

function ofModel(
  { stacks, pure, partly, divided }: Explanations,
  models: readonly string[],
  claimed: readonly string[],
  own: string,
): Part[] {
  const both = (other: string, weight: number): Part[] => [
    [weight, divided(own, other).logLikelihood],
    [weight, divided(other, own).logLikelihood],
  ];
  const imitated = claimed.includes(own) ? [] : claimed;
  return [
    [PARTLY_UNKNOWN, partly[own] ?? 0],
    ...RECOUNTERS.filter((id) => stacks.includes(id)).flatMap((id) => both(id, PARTLY_RECOUNTED)),
    ...models
      .filter((id) => id !== own)
      .flatMap((id): Part[] =>
        imitated.includes(id)
          ? [[SPOOFED / imitated.length, pure[id] ?? 0], ...both(id, DILUTED / imitated.length)]
          : [[ANOTHER_MODELS, pure[id] ?? 0], ...both(id, PARTLY_ANOTHERS)],
      ),
  ];
}
