import type { Claims } from '../../core/config-claims.js';
import { groupedFacts } from './attention.js';
import type { NumberFact } from './facts.js';
import { attentionOutputs } from './graph.js';
import type { Readings } from './readings.js';
import { agreed, type Sources } from './sources.js';
import type { PlacedTensor } from './tensors.js';

/** Derived by convention, so they fill a gap but never contradict what another source states. */
export function fallbacks(readings: Readings): Partial<Record<NumberFact, Sources>> {
  const { structure, stated, config, placed, metadata } = readings;
  const { fusedAttention: sites, outputs, embedding } = structure;
  const logits = outputs.find(({ name, dims }) => /logits$/.test(name) && dims.length === 3);
  const heads = stated.attentionHeads ?? metadata.attentionHeads;
  const from = stated.attentionHeads === undefined && heads !== undefined ? 'metadata' : 'config';
  return {
    layers: { shapes: attentionOutputs(structure).length || undefined, graph: sites.length || undefined },
    keyValueHeads: heads ? { [from]: heads } : { graph: agreed(sites.map((site) => site.heads)) },
    headDim: headDim(stated, heads, config.kv_lora_rank || metadata.keyValueLoraRank, placed)
      ? { [from]: headDim(stated, heads, undefined, placed) }
      : { graph: agreed(sites.map((site) => site.headDim)) },
    vocabSize: { shapes: embedding === null ? agreed([logits?.dims[2]]) : undefined },
  };
}

/** Rows of the query projection divided by the stated heads; without tensors, the hidden size. */
function headDim(
  stated: Claims,
  heads: number | undefined,
  latent: unknown,
  placed: readonly PlacedTensor[],
): number | undefined {
  const width = groupedFacts(placed).queryWidth ?? stated.hiddenSize;
  const derived = heads && width && !latent ? width / heads : undefined;
  return derived !== undefined && Number.isInteger(derived) ? derived : undefined;
}
