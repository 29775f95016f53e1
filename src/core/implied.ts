import type { FactValue, VariantView, VersionKind } from './types.js';

/** Id prefix of hypotheses that no reference measures. */
const IMPLIED = 'other/';

/** What pruning cuts from, and what is counted over it: a copy may have less of each. */
const PRUNABLE: ReadonlySet<string> = new Set([
  'layers',
  'attentionHeads',
  'keyValueHeads',
  'intermediateSize',
  'experts',
  'expertsActive',
  'sharedExperts',
  'expertIntermediateSize',
  'denseLayers',
  'predictorLayers',
  'parameters',
  'activeParameters',
  'tensors',
  'payloadBytes',
]);

type Facts = Readonly<Record<string, FactValue>>;

/** Copies of a full version that could have been delivered instead; a profile that measured some holds not all of them. */
export function impliedCopies(full: VariantView): VariantView[] {
  const { tokenStack: _own, ...anyTokenizer } = full;
  return [
    quantizedCopy(full),
    // A student may have any shape and any tokenizer.
    copyOf(anyTokenizer, 'distilled', {}),
    copyOf(full, 'pruned', partOf(full.facts, false)),
    copyOf(full, 'finetuned', full.facts),
    { ...copyOf(full, 'other', full.facts), id: `${IMPLIED}altered ${full.id}` },
  ];
}

/** The same version with fewer bits. */
export function quantizedCopy(original: VariantView): VariantView {
  const { weightBits: _stored, ...shape } = original.facts;
  return copyOf(original, 'quantized', shape);
}

/** Facts of which a pruned copy has as much as its original, or those of which it may have less. */
export function partOf(facts: Facts, prunable: boolean): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => PRUNABLE.has(name) === prunable));
}

function copyOf({ id, tokenStack }: VariantView, kind: VersionKind, facts: Facts): VariantView {
  return {
    ...(tokenStack === undefined ? {} : { tokenStack }),
    id: `${IMPLIED}${kind} ${id}`,
    kind,
    facts,
    digests: [],
    runs: [],
    impliedBy: id,
  };
}
