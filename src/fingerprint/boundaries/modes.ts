import type { VariantView } from '../../core/types.js';
import { logSumExp } from '../../stats/log-sum-exp.js';

/** Key of the pseudo-tokenizer that makes every character a token. */
export const CHARACTERS = 'characters';
/** Counters that gateways of any model use, whatever they serve. */
const PUBLIC_COUNTERS: readonly string[] = ['cl100k', 'o200k'];

/**
 * What a server may do to a session, and how often honest ones do: policy, informed by the recorded servers, all of
 * which cut and chunk by the model's own tokens. What remains is a way nobody has described, which says the same of
 * every version.
 */
const SHARE = {
  /** A gateway that cuts, chunks or counts with a public tokenizer of another vendor, each. */
  publicCounter: 0.015,
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
  { by, unknown }: Explained,
  known: ReadonlySet<string>,
  imitated: ReadonlySet<string>,
): number {
  const shares = Object.keys(by)
    .filter((id) => id !== own)
    .map((id): [string, number] => {
      if (id === CHARACTERS) return [id, SHARE.characters];
      if (PUBLIC_COUNTERS.includes(id)) return [id, SHARE.publicCounter];
      if (!known.has(id)) return [id, SHARE.otherStack];
      return [
        id,
        imitated.has(id) && !imitated.has(own) ? SHARE.imitation / imitated.size : SHARE.otherStack,
      ];
    });
  const rest = 1 - SHARE.unknown - shares.reduce((sum, [, share]) => sum + share, 0);
  return mix([
    [unknown, SHARE.unknown],
    ...[...shares, [own, rest] as const].map(([id, share]) => [by[id] ?? unknown, share] as const),
  ]);
}

/** A model nobody names: each known tokenizer is as likely as one that is not known. */
function stranger({ by, unknown }: Explained): number {
  const values = [...Object.values(by), unknown];
  return mix(values.map((value) => [value, 1 / values.length] as const));
}

function mix(parts: readonly (readonly [log: number, share: number])[]): number {
  const logs = parts.map(([log, share]) => log + Math.log(share));
  return logSumExp(logs, 0, logs.length);
}

/** How many nats apart the versions are: what the session says at all. */
export function spread(logs: Readonly<Record<string, number>>): number {
  const values = Object.values(logs);
  return Math.max(...values) - Math.min(...values);
}
