import type { SampledPrompt } from '../replies/probes/sampled-replies.js';
import type { RecordedReply } from '../replies/record.js';
import type { TextSamples } from '../stats/mmd.js';

/** Replies of two models to the prompts both were given, or why they cannot be held against each other. */
export type PairedSamples =
  | { readonly status: 'paired'; readonly prompts: readonly TextSamples[] }
  | { readonly status: 'incomparable'; readonly reason: string };

export interface PairingOptions {
  /** As received, else composed (NFC) and trimmed: the kernel compares places, and one stripped space moves them all. */
  readonly raw?: boolean;
  /** Count equal replies of one model to one prompt once. */
  readonly distinct?: boolean;
}

/** Replies of as many tokens to one prompt, of one model or of several, seldom differ as much in length. */
const FAR_LONGER = 2;

interface Row {
  readonly text: string;
  /** May go on: anything but a stated end. */
  readonly cut: boolean;
}

/**
 * Pair replies by prompt. Where the two may have had different limits, texts are cut to the shortest one that a limit may
 * have ended, of either model: a reply that was cut earlier is no other reply. That length depends on the pooled texts
 * only, so relabelling within a prompt stays valid; it costs what the length of a reply tells.
 */
export function pairSamples(
  candidate: readonly SampledPrompt[],
  reference: readonly SampledPrompt[],
  options: PairingOptions = {},
): PairedSamples {
  const theirs = new Map(reference.map((prompt) => [prompt.id, prompt]));
  const shared = candidate.flatMap((ours) => {
    const known = theirs.get(ours.id);
    return known ? [{ ours, known }] : [];
  });
  if (shared.length === 0)
    return { status: 'incomparable', reason: 'no reference run sampled the same prompts' };
  if (shared.some(({ ours }) => reasons(ours)) !== shared.some(({ known }) => reasons(known))) {
    return {
      status: 'incomparable',
      reason: 'one of candidate and reference shows its reasoning and the other does not',
    };
  }
  return {
    status: 'paired',
    prompts: shared
      .map(({ ours, known }) => {
        const [first, second] = [rowsOf(ours.replies, options), rowsOf(known.replies, options)];
        const cut = sameLimit(ours, known) ? whole : cutAlike;
        return cut(first, second);
      })
      .filter(({ first, second }) => first.length > 0 && second.length > 0),
  };
}

function reasons({ replies }: SampledPrompt): boolean {
  return replies.some(({ reasoning }) => reasoning !== '');
}

/**
 * Both were asked for as many tokens, and nothing shows that a server stopped elsewhere: not the counts it reports, and not
 * a finished reply far longer than all that the limit ended, which a server gives that ignores it.
 */
function sameLimit(ours: SampledPrompt, known: SampledPrompt): boolean {
  const { maxTokens } = ours;
  if (maxTokens !== known.maxTokens) return false;
  const replies = [...ours.replies, ...known.replies];
  const obeyed = replies.every(({ finish, usage }) => {
    const count = usage?.completionTokens ?? null;
    return count === null || (finish === 'stop' ? count <= maxTokens : count === maxTokens);
  });
  const longest = (rows: readonly RecordedReply[]): number =>
    rows.reduce((most, { reasoning, text }) => Math.max(most, reasoning.length + text.length), 0);
  const cut = replies.filter(({ finish }) => finish !== 'stop');
  return obeyed && (cut.length === 0 || longest(replies) <= FAR_LONGER * longest(cut));
}

/** Replies without text are missing, not alike: a limit may have ended them before their first visible token. */
function rowsOf(replies: readonly RecordedReply[], { raw = false, distinct = false }: PairingOptions): Row[] {
  const rows = replies.map(({ reasoning, text, finish }): Row => {
    const whole = reasoning === '' ? text : `${reasoning}\n${text}`;
    return { text: raw ? whole : whole.normalize('NFC').trim(), cut: finish !== 'stop' };
  });
  const present = rows.filter(({ text }) => text.trim() !== '');
  return distinct ? [...new Map(present.map((row) => [row.text, row])).values()] : present;
}

function whole(first: readonly Row[], second: readonly Row[]): TextSamples {
  return { first: first.map(({ text }) => text), second: second.map(({ text }) => text) };
}

function cutAlike(first: readonly Row[], second: readonly Row[]): TextSamples {
  const lengths = [...first, ...second].filter(({ cut }) => cut).map(({ text }) => [...text].length);
  const horizon = lengths.reduce((shortest, length) => Math.min(shortest, length), Number.POSITIVE_INFINITY);
  if (!Number.isFinite(horizon)) return whole(first, second);
  const shortened = (rows: readonly Row[]): string[] =>
    rows.map(({ text }) => [...text].slice(0, horizon).join(''));
  return { first: shortened(first), second: shortened(second) };
}
