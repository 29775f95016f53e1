import type { Architecture, Fact } from '../core/types.js';

/** Structural facts that decide identity: two honest exports of one model never differ in them. */
export const IDENTITY_FACTS = [
  'layers',
  'hiddenSize',
  'attentionHeads',
  'keyValueHeads',
  'headDim',
  'vocabSize',
] as const;
export type IdentityFact = (typeof IDENTITY_FACTS)[number];

/** Facts of an architecture as plain values, for a profile. */
export function plainFacts(architecture: Architecture): Record<string, number | string> {
  const facts: Record<string, number | string> = {};
  const keep = (name: string, fact: Fact<number | string> | null): void => {
    if (fact) facts[name] = fact.value;
  };
  keep('family', architecture.family);
  for (const name of IDENTITY_FACTS) keep(name, architecture[name]);
  keep('parameters', architecture.parameters);
  keep('weightBits', architecture.weightBits);
  return facts;
}
