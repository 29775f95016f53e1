import type { Architecture, Fact, FactSource, FactValue, VariantView } from '../core/types.js';

/** Facts of a candidate by name, as far as its files show them. */
export type SeenFacts = ReadonlyMap<string, Fact<FactValue>>;
type Facts = VariantView['facts'];

/** Facts that two honest deliveries of one version share, with what a reader calls them. */
const LABEL: Readonly<Record<string, (value: FactValue) => string>> = {
  layers: (value) => `${value} layers`,
  hiddenSize: (value) => `width ${value}`,
  attentionHeads: (value) => `${value} heads`,
  keyValueHeads: (value) => `${value} KV heads`,
  headDim: (value) => `head size ${value}`,
  vocabSize: (value) => `vocabulary ${value}`,
  intermediateSize: (value) => `feed-forward ${value}`,
  experts: (value) => `${value} experts`,
  expertsActive: (value) => `${value} experts per token`,
  sharedExperts: (value) => `${value} shared experts`,
  expertIntermediateSize: (value) => `expert width ${value}`,
  denseLayers: (value) => `${value} dense layers`,
  queryLoraRank: (value) => `query rank ${value}`,
  keyValueLoraRank: (value) => `key/value rank ${value}`,
  qkNopeHeadDim: (value) => `unrotated head size ${value}`,
  qkRopeHeadDim: (value) => `rotated head size ${value}`,
  valueHeadDim: (value) => `value head size ${value}`,
  qkvBias: (value) => (value ? 'attention biases' : 'no attention biases'),
  qkNorm: (value) => (value ? 'query/key norms' : 'no query/key norms'),
  tiedEmbeddings: (value) => (value ? 'tied embeddings' : 'an output head of its own'),
};
export const COMPARED_FACTS: readonly string[] = Object.keys(LABEL);

/** Facts of one part of a model are misread together. */
const PART: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['experts', 'expertsActive', 'sharedExperts', 'expertIntermediateSize', 'denseLayers'].map((name) => [
      name,
      'experts',
    ]),
  ),
  ...Object.fromEntries(
    ['queryLoraRank', 'keyValueLoraRank', 'qkNopeHeadDim', 'qkRopeHeadDim', 'valueHeadDim'].map((name) => [
      name,
      'latent attention',
    ]),
  ),
  qkvBias: 'attention form',
  qkNorm: 'attention form',
};

/** Rows by which exporters and trainers round a vocabulary up; converters cut the same rows off again. */
const PADDING = { multiple: 8, below: 512, share: 0.125 };
/** What latent attention caches in place of keys and values; exporters call it 1 head, 128 heads or none. */
const NOT_OF_LATENT_ATTENTION = new Set(['keyValueHeads', 'headDim']);

export interface Difference {
  readonly name: string;
  /** What one mistake would explain: a part of the model, or the file that states the fact. */
  readonly mistake: string;
  readonly from: FactSource;
  readonly seen: FactValue;
  readonly expected: FactValue;
}

/** The facts of an architecture that can be compared or shown. */
export function seenFacts(architecture: Architecture): SeenFacts {
  const facts = Object.entries(architecture as unknown as Record<string, unknown>);
  return new Map(facts.filter((entry): entry is [string, Fact<FactValue>] => isFact(entry[1])));
}

function isFact(value: unknown): value is Fact<FactValue> {
  return typeof value === 'object' && value !== null && 'from' in value && 'value' in value;
}

/** Where a version and a candidate disagree, and how many facts were compared. */
export function compareFacts(
  seen: SeenFacts,
  facts: Facts,
): { readonly compared: number; readonly differences: readonly Difference[] } {
  let compared = 0;
  const differences: Difference[] = [];
  for (const name of COMPARED_FACTS) {
    const fact = seen.get(name);
    const expected = facts[name];
    if (!fact || expected === undefined) continue;
    if (facts.keyValueLoraRank !== undefined && NOT_OF_LATENT_ATTENTION.has(name)) continue;
    compared++;
    if (honest(name, fact.value, expected, facts)) continue;
    const stated = fact.from === 'config' || fact.from === 'metadata' || fact.from === 'index';
    const mistake = stated ? fact.from : (PART[name] ?? name);
    differences.push({ name, mistake, from: fact.from, seen: fact.value, expected });
  }
  return { compared, differences };
}

/** Equal, or different in a way that conversions of one version are. */
function honest(name: string, seen: FactValue, expected: FactValue, facts: Facts): boolean {
  if (seen === expected) return true;
  if (name === 'vocabSize') return padded(Number(seen), Number(expected));
  // Prediction layers behind the stack are dropped, kept apart or counted in.
  if (name === 'layers')
    return Number(seen) === Number(expected) + Number(facts.predictorLayers ?? Number.NaN);
  // A tied head is often stored a second time.
  return name === 'tiedEmbeddings' && seen === false;
}

function padded(a: number, b: number): boolean {
  const more = Math.max(a, b);
  const rows = Math.abs(a - b);
  return more % PADDING.multiple === 0 && rows < PADDING.below && rows <= PADDING.share * Math.min(a, b);
}

/** Words for facts, in a fixed order. */
export function describeFacts(values: (name: string) => FactValue | undefined): string {
  return COMPARED_FACTS.flatMap((name) => {
    const value = values(name);
    return value === undefined ? [] : [LABEL[name]?.(value) ?? ''];
  }).join(', ');
}

/** Words for where a version differs: what it has, and what the candidate has instead. */
export function describeDifferences(differences: readonly Difference[]): string {
  return differences
    .map(({ name, expected, seen }) => `${LABEL[name]?.(expected)} (not ${bare(seen)})`)
    .join(', ');
}

const bare = (value: FactValue): string => (typeof value === 'boolean' ? 'so here' : String(value));
