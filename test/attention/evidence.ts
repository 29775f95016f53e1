import type { AttentionEvidence, PromptAttention } from '../../src/attention/probes/attention-statistics.js';
import type { AttentionKind, AttentionLayer, SignalInput, VariantView } from '../../src/core/types.js';

/** One layer: its kind, and a number per head that every statistic of every prompt repeats. */
export interface Stack {
  readonly kind?: AttentionKind;
  readonly layers: readonly (readonly number[])[];
}

const TOKENS = [10, 20];

/** Evidence whose statistics are the given numbers; distances are that share of the prompt. */
export function evidence(...stacks: readonly Stack[]): AttentionEvidence {
  const rows = stacks.flatMap(({ layers }) => layers);
  const sites = stacks.flatMap(({ kind = 'self', layers }) =>
    layers.map(
      ({ length }): AttentionLayer => ({ kind, operator: 'output', heads: length, keyValueHeads: null }),
    ),
  );
  const prompt = (tokens: number): PromptAttention => ({
    id: `prompt-${tokens}`,
    tokens,
    entropyBits: rows,
    normalizedEntropy: rows,
    firstTokenMass: rows,
    meanDistance: rows.map((row) => row.map((value) => value * tokens)),
    maxWeight: rows,
    effectiveKeys: rows,
    headSimilarity: rows,
  });
  return {
    layers: sites.length,
    headCount: sites.map(({ heads }) => heads),
    sites,
    unmeasured: [],
    contradictions: [],
    prompts: TOKENS.map(prompt),
  };
}

export function variant(
  id: string,
  runs: readonly unknown[],
  more: Partial<Pick<VariantView, 'kind' | 'facts' | 'impliedBy'>> = {},
): VariantView {
  return {
    id,
    kind: 'full',
    facts: {},
    digests: [],
    runs: runs.map((run, i) => ({ artifact: `${id}-${i}`, data: { 'attention-statistics': run } })),
    ...more,
  };
}

export function input(candidate: unknown, variants: readonly VariantView[]): SignalInput {
  return { candidate: { 'attention-statistics': candidate }, variants, strangers: [] };
}
