import type { AttentionStatistics, Probe } from '../../core/types.js';

export interface AttentionEvidence {
  readonly layers: number;
  /** Query heads seen in each layer's output. */
  readonly headCount: readonly number[];
  readonly prompts: readonly (AttentionStatistics & { readonly id: string })[];
}

/** Digits kept of each statistic: below the 1e-4 bits to which exports of one model agree. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;
const grid = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.map(round));

/** Where each head looks while the model reads the suite's prompts. */
const attentionStatistics: Probe<AttentionEvidence> = {
  id: 'attention-statistics',
  version: 1,
  requires: ['tokens', 'attention'],
  cost: ({ prompts, budget }) => ({ requests: prompts.length, tokens: prompts.length * budget.promptTokens }),
  collect: async ({ tokens, attention }, { suite, maxPositions, progress }) => {
    const limit = Math.min(suite.budget.promptTokens, maxPositions ?? Number.POSITIVE_INFINITY);
    const prompts: (AttentionStatistics & { id: string })[] = [];
    for (const { id, messages } of suite.prompts) {
      const text = messages.map(({ content }) => content).join('\n');
      const measured = await attention.measure((await tokens.encode(text)).slice(0, limit));
      prompts.push({
        id,
        tokens: measured.tokens,
        entropyBits: grid(measured.entropyBits),
        normalizedEntropy: grid(measured.normalizedEntropy),
        firstTokenMass: grid(measured.firstTokenMass),
        meanDistance: grid(measured.meanDistance),
      });
      progress(prompts.length, suite.prompts.length);
    }
    const headCount = prompts[0]?.entropyBits.map((layer) => layer.length) ?? [];
    return { layers: headCount.length, headCount, prompts };
  },
};
export default attentionStatistics;
