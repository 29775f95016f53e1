import type { Measured, SignalInput, Skipped, VariantView } from '../core/types.js';
import type { GreedyReply } from '../replies/probes/greedy-replies.js';
import type { SampledPrompt } from '../replies/probes/sampled-replies.js';
import { softLikelihood } from '../stats/soft-likelihood.js';
import { summarize } from '../stats/summary.js';
import { parted } from './features/reasoning.js';
import { countWords, firstWords } from './features/units.js';

/** One descriptive number of a model's replies, and how far apart models are in it. */
export interface ReplyScale {
  /** Greedy replies are read one by one, the samples of a prompt one after another, as one text. */
  readonly of: 'greedy-replies' | 'sampled-replies';
  readonly unit: string;
  readonly decimals: number;
  /** Of one text; null where it is too short. */
  readonly measure: (text: string) => number | null;
  /** Standard deviation between independently trained models of one recipe, over a suite. */
  readonly between: number;
  readonly tooShort: string;
}

/** Fewer prompts have no mean worth the name. */
const LEAST_PROMPTS = 3;
/** Shorter texts show nothing of style. */
const LEAST_WORDS = 8;

/** Texts by prompt and channel. */
type Texts = ReadonlyMap<string, string>;
interface Reference {
  readonly variant: string;
  readonly texts: Texts;
}

/**
 * Compare one number of the candidate's replies with references, over the prompts that all of them answered. Tokens are
 * not words: a budget of tokens lets another tokenizer write more, and most features move with length, so every text is
 * cut to the words of the shortest.
 */
export function scoreReplies(scale: ReplyScale, input: SignalInput): Measured | Skipped {
  const candidate = textsOf(scale, input.candidate);
  const references = input.variants
    .flatMap((variant) => referencesOf(scale, variant))
    .filter(({ texts }) => common([candidate, texts]).length >= LEAST_PROMPTS);
  if (references.length === 0)
    return { status: 'skipped', reason: 'no reference answered three prompts the candidate answered' };
  const all = [candidate, ...references.map(({ texts }) => texts)];
  const rows = common(all).flatMap((prompt) => {
    const values = measureAlike(
      scale,
      all.map((texts) => texts.get(prompt) ?? ''),
    );
    return values ? [values] : [];
  });
  if (rows.length < LEAST_PROMPTS) return { status: 'skipped', reason: scale.tooShort };
  const levels = all.map((_, i) => summarize(rows.map((row) => row[i] as number)).mean);
  const [level = 0, ...known] = levels;
  const byVariant: Record<string, number[]> = {};
  for (const [i, { variant }] of references.entries())
    byVariant[variant] = [...(byVariant[variant] ?? []), known[i] as number];
  const own = rows.map((row) => row[0] as number);
  const noise = (summarize(own).sd ?? 0) / Math.sqrt(rows.length);
  const shown = (value: number): string => `${value.toFixed(scale.decimals)} ${scale.unit}`.trim();
  return {
    status: 'scored',
    observed: shown(level),
    expected: Object.fromEntries(
      Object.entries(byVariant).map(([id, values]) => [id, shown(summarize(values).mean)]),
    ),
    logLikelihood: softLikelihood(level, byVariant, Math.hypot(scale.between, noise)),
    n: rows.length,
    details: [
      { type: 'number', label: 'mean over prompts', value: level, unit: scale.unit },
      { type: 'number', label: 'standard error', value: noise, unit: scale.unit },
      { type: 'samples', label: 'per prompt', unit: scale.unit, values: own },
    ],
  };
}

/** What was said, by prompt and channel: answers are compared with answers only. */
function textsOf({ of }: ReplyScale, data: Readonly<Record<string, unknown>>): Texts {
  const greedy = of === 'greedy-replies' ? (data[of] as readonly GreedyReply[]) : [];
  const sampled = of === 'sampled-replies' ? (data[of] as readonly SampledPrompt[]) : [];
  return new Map([
    ...greedy.flatMap((reply) => channels(`${reply.id} to ${reply.maxTokens}`, [reply])),
    ...sampled.flatMap(({ id, replies }) => channels(`${id} × ${replies.length}`, replies)),
  ]);
}

/** The answers; or the reasoning, where a budget ended before any answer. */
function channels(
  prompt: string,
  replies: readonly { readonly text: string; readonly reasoning: string }[],
): (readonly [string, string])[] {
  const parts = replies.map(parted);
  const answer = parts.map(({ text }) => text).join('\n');
  const said = countWords(answer) > 0 ? answer : parts.map(({ reasoning }) => reasoning).join('\n');
  const channel = said === answer ? 'answer' : 'reasoning';
  return countWords(said) < LEAST_WORDS ? [] : [[`${prompt}, ${channel}`, said]];
}

function referencesOf(scale: ReplyScale, { id, runs }: VariantView): Reference[] {
  const latest = new Map(
    runs.map(({ artifact, data }) => [artifact, { variant: id, texts: textsOf(scale, data) }]),
  );
  return [...latest.values()];
}

function common(all: readonly Texts[]): string[] {
  const [first, ...rest] = all;
  return [...(first?.keys() ?? [])].filter((prompt) => rest.every((texts) => texts.has(prompt))).sort();
}

/** The number of each model's text of one prompt, all cut alike; null when one of them shows nothing. */
function measureAlike(scale: ReplyScale, texts: readonly string[]): number[] | null {
  const words = Math.min(...texts.map(countWords));
  const values = texts.map((text) => scale.measure(firstWords(text, words)));
  return values.every((value) => value !== null) ? values : null;
}
