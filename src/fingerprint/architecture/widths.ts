import type { Claims, Config } from '../../core/config-claims.js';
import type { Contradiction } from '../../core/types.js';
import { groupedFacts, latentFacts } from './attention.js';
import type { Readings } from './readings.js';
import { contradiction } from './sources.js';

/** Families whose heads share the hidden size when config.json gives them no size of their own. */
const SPLITS_HIDDEN = new Set(['llama', 'mistral', 'mixtral', 'qwen2', 'qwen2_moe', 'phi3', 'gpt2']);

/**
 * Heads times head size, where a configuration states both: shapes show the product even when they do not show the
 * factors.
 */
export function widthContradictions({
  placed,
  config,
  stated,
  metadata,
  structure,
}: Readings): Contradiction[] {
  if (structure.format === 'onnx' || latentFacts(placed)) return [];
  const { queryWidth, keyWidth, fusedWidth } = groupedFacts(placed);
  const claims = { config: headClaims(config, stated), metadata: headClaims({}, metadata) };
  const against = (
    fact: string,
    shapes: number | undefined,
    claim: (heads: HeadClaims) => number | undefined,
  ) =>
    shapes === undefined
      ? []
      : contradiction(fact, { shapes, config: claim(claims.config), metadata: claim(claims.metadata) });
  return [
    ...against('queryWidth', queryWidth, ({ query }) => query),
    ...against('keyValueWidth', keyWidth, ({ keyValue }) => keyValue),
    ...against(
      'queryKeyValueWidth',
      SPLITS_HIDDEN.has(String(config.model_type)) ? fusedWidth : undefined,
      ({ query, keyValue }) =>
        query !== undefined && keyValue !== undefined ? query + 2 * keyValue : undefined,
    ),
  ];
}

interface HeadClaims {
  readonly query: number | undefined;
  readonly keyValue: number | undefined;
}

type StatedHeads = Partial<Pick<Claims, 'attentionHeads' | 'keyValueHeads' | 'headDim' | 'hiddenSize'>>;

function headClaims(
  config: Config,
  { attentionHeads, keyValueHeads, headDim, hiddenSize: d }: StatedHeads,
): HeadClaims {
  const split =
    SPLITS_HIDDEN.has(String(config.model_type)) && d && attentionHeads ? d / attentionHeads : undefined;
  const size = headDim ?? split;
  const times = (heads: number | undefined): number | undefined =>
    heads === undefined || size === undefined || !Number.isInteger(size) ? undefined : heads * size;
  return { query: times(attentionHeads), keyValue: times(keyValueHeads) };
}
