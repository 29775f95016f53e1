import type { VariantView } from '../../core/types.js';
import { logSumExp } from '../../stats/log-sum-exp.js';

/** Key of the pseudo-tokenizer that makes every character a token. */
export const CHARACTERS = 'characters';
/** Counters that gateways of any model use, whatever they serve. */
export const PUBLIC_COUNTERS: readonly string[] = ['cl100k', 'o200k'];

/**
 * What a server may do to a session, and how often honest ones do: policy, informed by the recorded servers, all of
 * which cut and chunk by the model's own tokens. What remains is a way nobody has described, which says the same of
 * every version.
 */
const SHARE = {
  /** A gateway that cuts or chunks with a public tokenizer of another vendor, each: many count so. */
  publicCounter: 0.03,
  /** One that does so by characters. */
  characters: 0.015,
  /** A way that nothing here describes. */
  unknown: 0.05,
  /** With the tokens of another known model: no such honest gateway is known, and one cannot be excluded. */
  otherStack: 2e-5,
  /** A seller who has the texts of another model cut and chunked again as the full version would. */
  imitation: 0.2,
} as const;

/** How well each way of cutting explains one session, in nats. */
export interface Explained {
  /** By tokenizer; `characters` may be among them. */
  readonly by: Readonly<Record<string, number>>;
  /** The same whatever the model is. */
  readonly unknown: number;
}

/**
 * ln likelihood per version and of `other`. One gateway treats a whole session alike, so the mixture is over what it
 * does to the session and not to each reply. A version without a known tokenizer may have any.
 */
export function overModes(variants: readonly VariantView[], explained: Explained): Record<string, number> {
  const known = new Set(variants.flatMap(({ tokenStack }) => tokenStack ?? []));
  const imitated = new Set(
    variants.flatMap(({ kind, tokenStack }) => (kind === 'full' ? (tokenStack ?? []) : [])),
  );
  const anyone = stranger(explained);
  return {
    ...Object.fromEntries(
      variants.map(({ id, tokenStack }) => [
        id,
        tokenStack === undefined || explained.by[tokenStack] === undefined
          ? anyone
          : ofStack(tokenStack, explained, known, imitated),
      ]),
    ),
    other: anyone,
  };
}

function ofStack(
  own: string,
  explained: Explained,
  known: ReadonlySet<string>,
  imitated: ReadonlySet<string>,
): number {
  const others = modelStacks(explained)
    .filter((id) => id !== own)
    .map((id): [string, number] => [
      id,
      imitated.has(id) && !imitated.has(own) && known.has(id)
        ? SHARE.imitation / imitated.size
        : SHARE.otherStack,
    ]);
  const taken = others.reduce((sum, [, share]) => sum + share, 0);
  return withGateways(explained, [...others, [own, 1 - taken]]);
}

/** A model nobody names has any of the known tokenizers; one that fits none of them fits no version either. */
function stranger(explained: Explained): number {
  const stacks = modelStacks(explained);
  return withGateways(
    explained,
    stacks.map((id) => [id, 1 / stacks.length]),
  );
}

/** A tokenizer of models, not one that gateways bring. */
export function isModelStack(id: string): boolean {
  return id !== CHARACTERS && !PUBLIC_COUNTERS.includes(id);
}

function modelStacks({ by }: Explained): string[] {
  return Object.keys(by).filter(isModelStack);
}

/** What gateways do has the same share whatever the model is, so that it moves nothing. */
function withGateways(
  { by, unknown }: Explained,
  stacks: readonly (readonly [id: string, share: number])[],
): number {
  const gateways = Object.keys(by)
    .filter((id) => !isModelStack(id))
    .map((id): [string, number] => [id, id === CHARACTERS ? SHARE.characters : SHARE.publicCounter]);
  const rest = 1 - SHARE.unknown - gateways.reduce((sum, [, share]) => sum + share, 0);
  return mix([
    [unknown, SHARE.unknown],
    ...gateways.map(([id, share]) => [by[id] ?? unknown, share] as const),
    ...stacks.map(([id, share]) => [by[id] ?? unknown, rest * share] as const),
  ]);
}

function mix(parts: readonly (readonly [log: number, share: number])[]): number {
  const logs = parts.map(([log, share]) => log + Math.log(share));
  return logSumExp(logs, 0, logs.length);
}
