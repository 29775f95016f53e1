import type {
  AttentionLayer,
  AttentionStatistics,
  Contradiction,
  Probe,
  UnmeasuredAttention,
} from '../../core/types.js';

/** What one prompt gave; the layers are those of the whole evidence. */
export type PromptAttention = Omit<AttentionStatistics, 'sites' | 'unmeasured' | 'contradictions'> & {
  readonly id: string;
};

export interface AttentionEvidence {
  /** Layers measured, all kinds together. */
  readonly layers: number;
  /** Query heads seen in each of them. */
  readonly headCount: readonly number[];
  readonly sites: readonly AttentionLayer[];
  readonly unmeasured: readonly UnmeasuredAttention[];
  /** What the run shows and what the graph or config.json states, where they differ. */
  readonly contradictions: readonly Contradiction[];
  readonly prompts: readonly PromptAttention[];
}

/** Digits kept of each statistic: below the 1e-4 bits to which exports of one model agree. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;
const grid = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.map(round));

/** Where each head looks while the model reads the suite's prompts. */
const attentionStatistics: Probe<AttentionEvidence> = {
  id: 'attention-statistics',
  version: 2,
  requires: ['tokens', 'attention'],
  cost: ({ prompts, budget }) => ({ requests: prompts.length, tokens: prompts.length * budget.promptTokens }),
  collect: async ({ tokens, attention }, { suite, maxPositions, progress, enough }) => {
    const limit = Math.min(suite.budget.promptTokens, maxPositions ?? Number.POSITIVE_INFINITY);
    const prompts: PromptAttention[] = [];
    let last: AttentionStatistics | undefined;
    const seen = (): AttentionEvidence => {
      const { sites = [], unmeasured = [], contradictions = [] } = last ?? {};
      const headCount = sites.map(({ heads }) => heads);
      return { layers: sites.length, headCount, sites, unmeasured, contradictions, prompts };
    };
    for (const { id, messages } of suite.prompts) {
      const text = messages.map(({ content }) => content).join('\n');
      const measured = await attention.measure((await tokens.encode(text)).slice(0, limit));
      last = measured;
      prompts.push({
        id,
        tokens: measured.tokens,
        entropyBits: grid(measured.entropyBits),
        normalizedEntropy: grid(measured.normalizedEntropy),
        firstTokenMass: grid(measured.firstTokenMass),
        meanDistance: grid(measured.meanDistance),
        maxWeight: grid(measured.maxWeight),
        effectiveKeys: grid(measured.effectiveKeys),
        headSimilarity: grid(measured.headSimilarity),
      });
      progress(prompts.length, suite.prompts.length);
      if (enough(seen())) break;
    }
    return seen();
  },
};
export default attentionStatistics;
