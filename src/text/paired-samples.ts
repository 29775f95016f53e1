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

interface Row {
  readonly text: string;
  /** May go on: anything but a stated end. */
  readonly cut: boolean;
}

/**
 * Pair replies by prompt. Texts are cut to the shortest one that a limit may have ended, of either model: limits in tokens
 * differ between servers and tiers, and a reply that was cut earlier is no other reply. That length depends on the pooled
 * texts only, so relabelling within a prompt stays valid.
 */
export function pairSamples(
  candidate: readonly SampledPrompt[],
  reference: readonly SampledPrompt[],
  options: PairingOptions = {},
): PairedSamples {
  const theirs = new Map(reference.map((prompt) => [prompt.id, prompt.replies]));
  const common = candidate.filter(({ id }) => theirs.has(id));
  if (common.length === 0)
    return { status: 'incomparable', reason: 'no reference run sampled the same prompts' };
  const shared = common.map(({ id, replies }) => [replies, theirs.get(id) ?? []] as const);
  const [ours, known] = [0, 1].map((side) => shared.flatMap((pair) => pair[side] ?? [])) as [
    RecordedReply[],
    RecordedReply[],
  ];
  if (reasons(ours) !== reasons(known)) {
    return {
      status: 'incomparable',
      reason: 'one of candidate and reference shows its reasoning and the other does not',
    };
  }
  return {
    status: 'paired',
    prompts: shared
      .map((sides) => cutAlike(sides.map((replies) => rowsOf(replies, options)) as [Row[], Row[]]))
      .filter(({ first, second }) => first.length > 0 && second.length > 0),
  };
}

function reasons(replies: readonly RecordedReply[]): boolean {
  return replies.some(({ reasoning }) => reasoning !== '');
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

function cutAlike([first, second]: readonly [readonly Row[], readonly Row[]]): TextSamples {
  const lengths = [...first, ...second].filter(({ cut }) => cut).map(({ text }) => [...text].length);
  const horizon = lengths.reduce((shortest, length) => Math.min(shortest, length), Number.POSITIVE_INFINITY);
  const texts = (rows: readonly Row[]): string[] =>
    rows.map(({ text }) => (Number.isFinite(horizon) ? [...text].slice(0, horizon).join('') : text));
  return { first: texts(first), second: texts(second) };
}
