import type { Explanations, Reported } from './explain.js';
import { common } from './mixed.js';
import { RECOUNTERS } from './recounters.js';

/** Which tokenizers explain the requests of a session. */
export interface Fit {
  /** The one that explains them best, alone or with another; null where something unknown explains them better. */
  readonly main: string | null;
  readonly explained: number;
  /** Another model's tokenizer that counted some of the rest, and which. */
  readonly foreign: { readonly stack: string; readonly requests: readonly number[] } | null;
}

/** Nats by which a second tokenizer must explain better than odd overheads of the first before it is named. */
const NAMED = 3;

export function fitOf({ counts, tokens }: Reported, explanations: Explanations): Fit {
  const { stacks, pure, unknown, divided } = explanations;
  const explainedBy = (id: string): number => {
    const overheads = tokens.map((all, at) => all - (counts[id]?.[at] ?? 0));
    const usual = common(overheads);
    return overheads.filter((overhead) => usual.has(overhead)).length;
  };
  const alone = stacks.map((main) => ({ main, foreign: null, log: pure[main] ?? 0 }));
  const pairs = stacks.flatMap((main) =>
    stacks
      .filter((stack) => stack !== main)
      .map((stack) => ({ main, stack, ...divided(main, stack) }))
      .filter(({ second }) => second.length > 0 && 2 * second.length <= tokens.length)
      .map(({ stack, second, logLikelihood }) => ({
        main,
        foreign: { stack, requests: second },
        log: logLikelihood - NAMED,
      })),
  );
  const [best] = [...alone, ...pairs].sort((a, b) => b.log - a.log);
  if (best === undefined || best.log < unknown || explainedBy(best.main) === 0)
    return { main: null, explained: 0, foreign: null };
  return { main: best.main, explained: explainedBy(best.main), foreign: best.foreign };
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
