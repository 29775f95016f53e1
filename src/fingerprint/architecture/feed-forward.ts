import type { Readings } from './readings.js';
import type { Sources } from './sources.js';
import { blockWidth, type StackFacts, stackedExperts } from './stack.js';
import { ofRole, type PlacedTensor } from './tensors.js';

export type FeedForward =
  | 'intermediateSize'
  | 'experts'
  | 'expertsActive'
  | 'sharedExperts'
  | 'expertIntermediateSize'
  | 'denseLayers';

export function feedForward(
  { config, stated, metadata, placed, stack, listed }: Readings,
  hidden: number | undefined,
): Readonly<Record<FeedForward, Sources>> {
  const dense = blockWidth(placed, undefined, hidden);
  const expertWidth = blockWidth(placed, 'routed', hidden);
  // Qwen's first family states the width of gate and up together.
  const doubled = dense !== undefined && stated.intermediateSize === 2 * dense;
  const allExperts = stack?.denseLayers === 0 || listed?.denseLayers === 0;
  return {
    intermediateSize: allExperts
      ? {}
      : {
          shapes: dense,
          metadata: metadata.intermediateSize,
          config: doubled ? undefined : stated.intermediateSize,
        },
    experts: {
      shapes: oneOf(stackedExperts(placed), stack?.experts),
      index: listed?.experts,
      metadata: metadata.experts,
      config: stated.experts,
    },
    expertsActive: { metadata: metadata.expertsActive, config: stated.expertsActive },
    sharedExperts: {
      shapes: sharedExperts(placed, stack, hidden),
      metadata: metadata.sharedExperts,
      config: stated.sharedExperts,
    },
    expertIntermediateSize: {
      shapes: expertWidth,
      metadata: metadata.expertIntermediateSize,
      config: stated.expertIntermediateSize,
    },
    denseLayers: {
      shapes: stack?.denseLayers,
      index: listed?.denseLayers,
      metadata: metadata.denseLayers,
      config: (config.moe_layer_freq ?? 1) === 1 ? stated.denseLayers : undefined,
    },
  };
}

/** DeepSeek keeps its shared experts as one block of their joint width; a gated one, as Qwen's, has a width of its own. */
function sharedExperts(
  placed: readonly PlacedTensor[],
  stack: StackFacts | undefined,
  hidden: number | undefined,
): number | undefined {
  if (!hasShared(placed)) return stack?.denseLayers === undefined ? undefined : 0;
  const all = blockWidth(placed, 'shared', hidden);
  const one = blockWidth(placed, 'routed', hidden);
  const gated = ofRole(placed, 'shared-gate').length > 0;
  const count = all !== undefined && one !== undefined && !gated ? all / one : undefined;
  return count !== undefined && Number.isInteger(count) ? count : undefined;
}

function hasShared(placed: readonly PlacedTensor[]): boolean {
  return placed.some(({ expert }) => expert === 'shared');
}

/** Router rows and numbered experts say the same or nothing. */
function oneOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || a === b ? (a ?? b) : undefined;
}
