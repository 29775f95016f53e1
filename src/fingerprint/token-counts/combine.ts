import { logMixture } from '../../stats/log-mixture.js';
import type { Explanations } from './explain.js';

/** Explanations of parts that were counted by the same, each with overheads of its own. */
export function together(parts: readonly Explanations[]): Explanations {
  return combined(parts, (logs) => logs.reduce((sum, log) => sum + log, 0));
}

/** Explanations of the same requests, of which one holds. */
export function oneOf(
  parts: readonly (readonly [weight: number, explanations: Explanations])[],
): Explanations {
  const all = parts.map(([, explanations]) => explanations);
  return combined(all, (logs) => logMixture(logs.map((log, at) => [parts[at]?.[0] ?? 0, log])));
}

/** With probability `share`, what was reported has nothing to do with the texts, whatever counted. */
export function perhapsUnexplained(share: number, explanations: Explanations): Explanations {
  const { unknown } = explanations;
  return combined([explanations], ([log = unknown]) =>
    logMixture([
      [1 - share, log],
      [share, unknown],
    ]),
  );
}

function combined(parts: readonly Explanations[], join: (logs: readonly number[]) => number): Explanations {
  const stacks = parts[0]?.stacks ?? [];
  const each = (of: (part: Explanations, id: string) => number): Record<string, number> =>
    Object.fromEntries(stacks.map((id) => [id, join(parts.map((part) => of(part, id)))]));
  return {
    stacks,
    pure: each(({ pure }, id) => pure[id] ?? 0),
    partly: each(({ partly }, id) => partly[id] ?? 0),
    unknown: join(parts.map(({ unknown }) => unknown)),
    // Places are those of a part; together they would name no request.
    divided: (first, second) => ({
      logLikelihood: join(parts.map((part) => part.divided(first, second).logLikelihood)),
      second: [],
    }),
  };
}
