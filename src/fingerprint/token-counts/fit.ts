import type { Explanations, Reported } from './explain.js';
import { RECOUNTERS } from './recounters.js';

/** Which tokenizers explain the requests of a session. */
export interface Fit {
  /** The one that explains most requests with overheads it repeats; null where none explains half of them. */
  readonly main: string | null;
  readonly explained: number;
  /** Another model's tokenizer that counted some of the rest, and which. */
  readonly foreign: { readonly stack: string; readonly requests: readonly number[] } | null;
}

/** Nats by which a second tokenizer must explain better than odd overheads of the first before it is named. */
const NAMED = 3;

export function fitOf({ counts, tokens }: Reported, explanations: Explanations): Fit {
  const explainedBy = (id: string): number => usual(tokens.map((all, at) => all - (counts[id]?.[at] ?? 0)));
  const ranked = explanations.stacks
    .map((id) => ({ id, explained: explainedBy(id), log: explanations.pure[id] ?? 0 }))
    .sort((a, b) => b.explained - a.explained || b.log - a.log);
  const best = ranked[0];
  if (best === undefined || best.explained < 2 || 2 * best.explained < tokens.length)
    return { main: null, explained: best?.explained ?? 0, foreign: null };
  const divisions = explanations.stacks
    .filter((id) => id !== best.id)
    .map((stack) => ({ stack, ...explanations.divided(best.id, stack) }))
    .filter(({ second, logLikelihood }) => second.length > 0 && logLikelihood > best.log + NAMED)
    .sort((a, b) => b.logLikelihood - a.logLikelihood);
  const foreign = divisions[0];
  return {
    main: best.id,
    explained: best.explained,
    foreign: foreign === undefined ? null : { stack: foreign.stack, requests: foreign.second },
  };
}

/** Requests whose overhead occurs more than once. */
function usual(overheads: readonly number[]): number {
  const times = new Map<number, number>();
  for (const overhead of overheads) times.set(overhead, (times.get(overhead) ?? 0) + 1);
  return overheads.filter((overhead) => (times.get(overhead) ?? 0) > 1).length;
}

/** What was seen, in words made of names of tokenizers and numbers alone. */
export function described({ main, explained, foreign }: Fit, requests: number): string {
  if (main === null)
    return `counts that no known tokenizer fits on more than ${explained} of ${requests} requests`;
  const gateway = RECOUNTERS.includes(main)
    ? ': the gateway’s own counter, which says nothing of the model'
    : '';
  const first = `counts as ${main} does on ${explained} of ${requests} requests`;
  return foreign === null
    ? `${first}${gateway}`
    : `${first} and as ${foreign.stack} does on ${foreign.requests.length}${gateway}`;
}
