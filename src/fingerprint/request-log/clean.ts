import type { Explanations, Reported } from '../token-counts/explain.js';
import { RECOUNTERS } from '../token-counts/recounters.js';

/** Share of requests that a tokenizer must explain with the commonest overheads of their forms. */
const EXPLAINED = 0.9;
/** Overheads of one form that are common ones, at most; a form needs `PER_OVERHEAD` requests for each. */
const COMMON = 3;
const PER_OVERHEAD = 5;

/** Whether a tokenizer explains nearly all requests with few overheads; each group holds those of one form. */
export function isClean(groups: readonly Reported[], stack: string): boolean {
  const all = groups.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const explained = groups.reduce((sum, group) => sum + commonIn(group, stack), 0);
  return explained >= EXPLAINED * all;
}

function commonIn({ counts, tokens }: Reported, stack: string): number {
  const times = new Map<number, number>();
  for (const [at, reported] of tokens.entries()) {
    const overhead = reported - (counts[stack]?.[at] ?? 0);
    times.set(overhead, (times.get(overhead) ?? 0) + 1);
  }
  const kept = Math.max(1, Math.min(COMMON, Math.floor(tokens.length / PER_OVERHEAD)));
  const commonest = [...times.values()].sort((a, b) => b - a).slice(0, kept);
  return commonest.reduce((sum, one) => sum + one, 0);
}

/**
 * A model's tokenizer that is not clean is no better an explanation than something unknown. Two tokenizers that
 * resemble each other differ now and then, and what differs now and then is then better explained by one of them than
 * by a broad alternative, although neither counted: without this, 6 of 10,000 honest services were accused.
 */
export function onlyClean(explanations: Explanations, groups: readonly Reported[]): Explanations {
  const { stacks, pure, partly, divided, unknown } = explanations;
  const trusted = new Set(stacks.filter((id) => RECOUNTERS.includes(id) || isClean(groups, id)));
  const capped = (id: string, log: number): number => (trusted.has(id) ? log : Math.min(log, unknown));
  const cappedAll = (logs: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(logs).map(([id, log]) => [id, capped(id, log)]));
  return {
    ...explanations,
    pure: cappedAll(pure),
    partly: cappedAll(partly),
    divided: (first, second) => {
      const { logLikelihood } = divided(first, second);
      return { logLikelihood: capped(first, logLikelihood), second: [] };
    },
  };
}
