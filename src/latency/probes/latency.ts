import { fitContext } from '../../core/context.js';
import type { Probe } from '../../core/types.js';

/** Milliseconds, raw samples in the order taken; the first, warm-up run is left out. */
export interface LatencyEvidence {
  /** Time to first token: prefill and one decode step, per run. */
  readonly ttftMs: readonly number[];
  /** Inter-token latency: gaps between consecutive tokens, all runs. */
  readonly itlMs: readonly number[];
  readonly totalMs: readonly number[];
  /** Decoded tokens after the first, per second of decoding. */
  readonly tokensPerSecond: number;
  readonly promptTokens: number;
}

const round = (value: number): number => Math.round(value * 1e3) / 1e3;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Decode speed on one prompt, run alone and repeatedly. */
const latency: Probe<LatencyEvidence> = {
  id: 'latency',
  version: 1,
  requires: ['tokens', 'sampling'],
  cost: ({ budget }) => ({
    requests: budget.latencyRuns + 1,
    tokens: (budget.latencyRuns + 1) * (budget.promptTokens + budget.latencyTokens),
  }),
  collect: async ({ tokens, sampling }, { suite, maxPositions, progress }) => {
    const { latencyRuns, latencyTokens } = suite.budget;
    const { promptTokens, newTokens } = fitContext(
      { promptTokens: suite.budget.promptTokens, newTokens: latencyTokens },
      maxPositions,
    );
    const text = suite.texts[0]?.text ?? '';
    const ids = (await tokens.encode(text)).slice(0, promptTokens);
    const runs: (readonly number[])[] = [];
    for (let run = 0; run <= latencyRuns; run++) {
      const { tokenMs } = await sampling.generate(ids, { maxNewTokens: newTokens, ignoreEos: true });
      if (run > 0) runs.push(tokenMs);
      progress(run, latencyRuns);
    }
    const gaps = runs.flatMap((times) => times.slice(1));
    return {
      ttftMs: runs.map(([first = 0]) => round(first)),
      itlMs: gaps.map(round),
      totalMs: runs.map((times) => round(sum(times))),
      tokensPerSecond: round((1000 * gaps.length) / sum(gaps)),
      promptTokens: ids.length,
    };
  },
};
export default latency;
