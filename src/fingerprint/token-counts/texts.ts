import type { Rng } from '../../core/rng.js';
import type { TokenStack } from '../../core/types.js';
import { KINDS, type Kind, stretch } from './phrases.js';
import { RECOUNTERS, RULES } from './recounters.js';

export interface CountedText {
  readonly text: string;
  /** Tokens of the text under each stack, without any template. */
  readonly counts: Readonly<Record<string, number>>;
}

/** How texts are drawn: with equal chances, or leaning against one stack. */
export interface Leaning {
  readonly against: string | undefined;
  /** Kinds to draw from; one that is listed twice is drawn twice as often. */
  readonly kinds: readonly Kind[];
  /** Words of a text, at most. */
  readonly words: number;
}

export const EVEN: Leaning = { against: undefined, kinds: KINDS, words: 32 };

/** Texts drawn, of which the best is kept: differences between all stacks are rarer than a lean against one. */
const DRAWS = { even: 48, leaning: 20 };
/** Words with which kinds are compared. */
const SAMPLE = 24;
/** A request that reads like one: what is between is to be copied, so that no answer is long or odd. */
const OPENINGS = ['Repeat:', 'Copy this line:', 'Proofread:', 'Keep as it is:', 'Echo:', 'Note:'];
const CLOSINGS = ['Thanks.', 'Answer: ok.', 'Say ok.', 'One word, please.', 'That is all.'];

/** Words of a plain text: of a few, an unknown counter would give the count of a known one by chance. */
const PLAIN_WORDS = 40;

/** A text that all stacks count much alike: it shows the overhead of the template. */
export function plainText(stacks: readonly TokenStack[], rng: Rng): CountedText {
  return counted(
    `${pick(OPENINGS, rng)} ${stretch('english', PLAIN_WORDS, rng)} ${pick(CLOSINGS, rng)}`,
    stacks,
  );
}

/**
 * Texts of which `against` needs more tokens than other models' stacks do: a request counted by one of those is then
 * reported with fewer tokens than its own text has under `against`, which no template and no hidden prompt explains.
 */
export function leaningAgainst(against: string, stacks: readonly TokenStack[], rng: Rng): Leaning {
  const lean = (kind: Kind): number => {
    const { counts } = counted(stretch(kind, SAMPLE, rng), stacks);
    return lead(counts, against) / (counts[against] ?? 1);
  };
  const [best, second] = KINDS.map((kind) => [kind, lean(kind)] as const).sort((a, b) => b[1] - a[1]);
  const most = best?.[0] ?? 'digits';
  return {
    against,
    kinds: [most, most, most, second?.[0] ?? most, 'english', pick(KINDS, rng)],
    words: 110,
  };
}

/**
 * A fresh text whose counts differ between stacks as much as `limit` tokens under each of them allow, and otherwise
 * than those of `earlier` texts do: two texts with one difference would pass for one overhead.
 */
export function tellingText(
  stacks: readonly TokenStack[],
  rng: Rng,
  { limit, leaning, earlier }: TellingOptions,
): CountedText {
  let best: { readonly drawn: CountedText; readonly score: number } | undefined;
  const draws = leaning.against === undefined ? DRAWS.even : DRAWS.leaning;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = counted(randomText(rng, leaning, 1 - (1 - SHORTEST) * (draw / draws)), stacks);
    const score = scoreOf(drawn, limit, leaning.against, earlier);
    if (best === undefined || score > best.score) best = { drawn, score };
  }
  return best?.drawn ?? plainText(stacks, rng);
}

interface TellingOptions {
  readonly limit: number;
  readonly leaning: Leaning;
  readonly earlier: readonly CountedText[];
}

/** Least share of the words that a later, shorter draw has. */
const SHORTEST = 0.5;

/** Later draws are shorter, so that one of them fits the limit. */
function randomText(rng: Rng, { kinds, words }: Leaning, share: number): string {
  const parts = Array.from({ length: 1 + Math.floor(3 * rng()) }, () => pick(kinds, rng));
  const each = Math.max(1, (words * share) / parts.length);
  const body = parts.map((kind) => stretch(kind, Math.ceil(each * (0.6 + 0.8 * rng())), rng));
  return `${pick(OPENINGS, rng)} ${body.join(' ')}. ${pick(CLOSINGS, rng)}`;
}

export function counted(text: string, stacks: readonly TokenStack[]): CountedText {
  return { text, counts: Object.fromEntries(stacks.map((stack) => [stack.id, stack.count(text)])) };
}

/** Texts over the limit lose against any within it; two stacks that count alike are worth little. */
function scoreOf(
  { text, counts }: CountedText,
  limit: number,
  against: string | undefined,
  earlier: readonly CountedText[],
): number {
  const most = Math.max(...Object.values(counts));
  const over = most - limit;
  if (over > 0) return -1e6 - over;
  const apart = smallestGap({ text, counts }, earlier, against);
  if (against === undefined) return apart * (HALF + most / limit);
  return Math.min(
    lead(counts, against),
    APART_ENOUGH * apart,
    ROUGH_ENOUGH * fromRough(text, counts, against),
  );
}

/** Overheads are about this many tokens. */
const OVERHEAD = 8;
/** Rules of thumb run near every tokenizer that knows a language; so many tokens keep them apart from it. */
const ROUGH_ENOUGH = 4;

/** How far the counts of other models are from those of replicas that divide characters or bytes. */
function fromRough(text: string, counts: Readonly<Record<string, number>>, against: string): number {
  const rough = Object.values(RULES).map((rule) => rule(text));
  const others = Object.entries(counts).filter(([id]) => id !== against && !RECOUNTERS.includes(id));
  return Math.min(
    ...others.flatMap(([, count]) => rough.map((tokens) => Math.abs(count + OVERHEAD - tokens))),
  );
}

/** The longer a text, the less likely that an unknown counter gives just the count of a known one. */
const HALF = 0.5;
/** A foreign count must not pass for a recount: a few tokens apart are enough. */
const APART_ENOUGH = 8;
/** Gateways’ own counters accuse nobody; a smaller difference from them will do. */
const RECOUNTER_GAP = 2;

/** The smallest difference between a model’s count and any other, beside those that earlier texts had. */
function smallestGap(
  drawn: CountedText,
  earlier: readonly CountedText[],
  against: string | undefined,
): number {
  const [own, ...others] = [drawn, ...earlier].map(withRules);
  const ids = Object.keys(own ?? {});
  const gap = (a: string, b: string): number => {
    const differences = [own, ...others].map((counts) => (counts?.[a] ?? 0) - (counts?.[b] ?? 0));
    const [here = 0, ...there] = differences;
    return Math.min(Math.abs(here), ...there.map((difference) => Math.abs(here - difference)));
  };
  return Math.min(
    ...ids.flatMap((a, at) =>
      RECOUNTERS.includes(a) || a === against
        ? []
        : ids.flatMap((b, other) => {
            if (RECOUNTERS.includes(b)) return [RECOUNTER_GAP * gap(a, b)];
            // Leaning texts need not tell apart which other model it was.
            return other > at && against === undefined ? [gap(a, b)] : [];
          }),
    ),
  );
}

function withRules({ text, counts }: CountedText): Readonly<Record<string, number>> {
  return { ...counts, ...Object.fromEntries(Object.entries(RULES).map(([id, rule]) => [id, rule(text)])) };
}

/** Tokens by which a stack needs more than any other model's. */
function lead(counts: Readonly<Record<string, number>>, stack: string): number {
  const own = counts[stack] ?? 0;
  const others = Object.entries(counts).filter(([id]) => id !== stack && !RECOUNTERS.includes(id));
  return Math.min(...others.map(([, count]) => own - count));
}

function pick<T>(items: readonly T[], rng: Rng): T {
  return items[Math.floor(rng() * items.length)] as T;
}
