import type { VariantView } from '../../core/types.js';
import type { CountedRequest, TokenCounts } from '../probes/token-counts.js';
import type { Reported } from './explain.js';
import { RULES } from './recounters.js';

/** Requests that state how many tokens their prompt has. */
export function stated({ requests }: TokenCounts): readonly CountedRequest[] {
  return requests.filter(({ promptTokens }) => promptTokens !== null && promptTokens > 0);
}

/** Why nothing can be said of these counts; undefined when something can. */
export function whyNone({ requests }: TokenCounts, usable: readonly CountedRequest[]): string | undefined {
  if (usable.length === 0)
    return `the service reported no prompt tokens for any of ${requests.length} requests, so they say nothing`;
  if (usable.length < 2) return 'the service reported prompt tokens once; differences need two requests';
  if (new Set(usable.map(({ promptTokens }) => promptTokens)).size === 1)
    return 'the service reports the same prompt tokens whatever is sent, so they say nothing';
  return undefined;
}

/** What a reference reported for the same texts stands for a tokenizer that is not public. */
export const MEASURED = 'reference ';

/** Counts under every stack, by rules of thumb, and under every variant that was measured with the same texts and has no public one. */
export function reportedOf(
  usable: readonly CountedRequest[],
  stacks: readonly string[],
  variants: readonly VariantView[],
): Reported {
  const known = stacks.map((id) => [id, usable.map(({ counts }) => counts[id] ?? 0)] as const);
  const rules = Object.entries(RULES).map(
    ([id, rule]) => [id, usable.map(({ text }) => rule(text))] as const,
  );
  const measured = variants.flatMap(({ id, tokenStack, runs }) => {
    if (tokenStack !== undefined) return [];
    const counts = runs
      .map(({ data }) => countsBy(data['token-counts'] as TokenCounts | undefined, usable))
      .find((found) => found !== undefined);
    return counts === undefined ? [] : [[`${MEASURED}${id}`, counts] as const];
  });
  return {
    counts: Object.fromEntries([...known, ...rules, ...measured]),
    tokens: usable.map(({ promptTokens }) => promptTokens ?? 0),
  };
}

function countsBy(
  run: TokenCounts | undefined,
  usable: readonly CountedRequest[],
): readonly number[] | undefined {
  const counts = new Map(run?.requests.map(({ text, promptTokens }) => [text, promptTokens]));
  const found = usable.flatMap(({ text }) => counts.get(text) ?? []);
  return found.length === usable.length ? found : undefined;
}

/** The same counts with cached tokens added, where a service may have left those out of its prompt tokens. */
export function withCached(reported: Reported, usable: readonly CountedRequest[]): Reported | undefined {
  const cached = usable.map(({ cachedTokens }) => cachedTokens ?? 0);
  if (cached.every((tokens) => tokens === 0)) return undefined;
  return { ...reported, tokens: reported.tokens.map((tokens, at) => tokens + (cached[at] ?? 0)) };
}
