import type { Closeness, ClosenessScale } from '../stats/closeness.js';
import { type PairedPosition, pairPositions } from './paired-log-probs.js';
import type { LogProbabilities } from './probes/log-probabilities.js';

/** Fewer positions than this and a mean says little. */
const MIN_POSITIONS = 32;

/** A scale of closeness that is one number of the positions two models have in common. */
export function pairedScale({
  measure,
  ...scale
}: Omit<ClosenessScale<LogProbabilities>, 'read' | 'compare' | 'incomparable'> & {
  /** Value on an unbounded axis (a logarithm) from paired positions. */
  readonly measure: (positions: readonly PairedPosition[]) => number;
}): ClosenessScale<LogProbabilities> {
  // Two references are as close whichever candidate is judged.
  const known = new WeakMap<LogProbabilities, WeakMap<LogProbabilities, Closeness | null>>();
  return {
    ...scale,
    read: (data) => data['log-probabilities'] as LogProbabilities,
    compare: (candidate, reference) => {
      const row = known.get(candidate) ?? new WeakMap<LogProbabilities, Closeness | null>();
      known.set(candidate, row);
      const found = row.get(reference);
      if (found !== undefined) return found;
      const positions = pairPositions(candidate, reference);
      const closeness =
        positions.length < MIN_POSITIONS ? null : { value: measure(positions), n: positions.length };
      row.set(reference, closeness);
      return closeness;
    },
    within: samePassages,
    incomparable: 'no passage is tokenized as in a reference, so probabilities cannot be paired',
  };
}

/** One object per reference and part of it, so that parts are compared once. */
const parts = new WeakMap<LogProbabilities, Map<string, LogProbabilities>>();

/** The passages of a reference that the candidate read, each as far as it did. */
function samePassages(reference: LogProbabilities, { texts }: LogProbabilities): LogProbabilities {
  const lengths = new Map(texts.map(({ id, ids }) => [id, ids.length]));
  if (reference.texts.every(({ id, ids }) => ids.length <= (lengths.get(id) ?? 0))) return reference;
  const known = parts.get(reference) ?? new Map<string, LogProbabilities>();
  parts.set(reference, known);
  const key = JSON.stringify([...lengths].sort());
  const part = known.get(key) ?? cutTo(reference, lengths);
  known.set(key, part);
  return part;
}

function cutTo(reference: LogProbabilities, lengths: ReadonlyMap<string, number>): LogProbabilities {
  return {
    ...reference,
    texts: reference.texts.flatMap((text) => {
      const length = lengths.get(text.id);
      return length === undefined ? [] : [{ ...text, ids: text.ids.slice(0, length) }];
    }),
  };
}
