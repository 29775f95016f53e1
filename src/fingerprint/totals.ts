import type { FactValue, VariantView } from '../core/types.js';
import type { SeenFacts } from './compared-facts.js';

/**
 * Totals follow from the shapes and from how a version is stored: conversions, prediction layers, router biases and
 * heads stored twice change them honestly. So they are shown beside shapes and weigh nothing.
 */
const TOTALS: Readonly<Record<string, string>> = {
  parameters: 'parameters',
  tensors: 'tensors',
  payloadBytes: 'bytes of tensors',
};

const grouped = (value: FactValue): string =>
  typeof value === 'number' ? value.toLocaleString('en-US') : String(value);

/** Totals of a version that are not the candidate's. */
export function differentTotals(seen: SeenFacts, facts: VariantView['facts']): string[] {
  return Object.entries(TOTALS).flatMap(([name, label]) => {
    const here = seen.get(name)?.value;
    const expected = facts[name];
    if (here === undefined || expected === undefined || here === expected) return [];
    return [`${grouped(expected)} ${label} (not ${grouped(here)})`];
  });
}

/** Totals of the candidate. */
export function describeTotals(seen: SeenFacts): string[] {
  return Object.entries(TOTALS).flatMap(([name, label]) => {
    const fact = seen.get(name);
    return fact ? [`${grouped(fact.value)} ${label}`] : [];
  });
}
