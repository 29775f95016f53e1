import type { Architecture, FactValue } from '../core/types.js';

/** Facts that two honest deliveries of one model share, whatever container or quantization they come in. */
const KEPT = [
  'family',
  'layers',
  'hiddenSize',
  'attentionHeads',
  'keyValueHeads',
  'headDim',
  'vocabSize',
  'intermediateSize',
  'experts',
  'expertsActive',
  'sharedExperts',
  'expertIntermediateSize',
  'denseLayers',
  'queryLoraRank',
  'keyValueLoraRank',
  'qkNopeHeadDim',
  'qkRopeHeadDim',
  'valueHeadDim',
  'tiedEmbeddings',
  'qkvBias',
  'qkNorm',
  'parameters',
  'weightBits',
] as const satisfies readonly (keyof Architecture)[];

/** Facts of an architecture as plain values, for a profile. */
export function plainFacts(architecture: Architecture): Record<string, FactValue> {
  const facts: Record<string, FactValue> = {};
  for (const name of KEPT) {
    const fact = architecture[name];
    if (fact) facts[name] = fact.value;
  }
  return facts;
}
