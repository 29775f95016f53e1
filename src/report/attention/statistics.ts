import type { AttentionStatistics } from '../../core/types.js';

/** The grids of a reading. */
type GridKey = {
  [K in keyof AttentionStatistics]: AttentionStatistics[K] extends readonly (readonly number[])[] ? K : never;
}[keyof AttentionStatistics];

export type AttentionStatisticName =
  | 'entropy'
  | 'normalized'
  | 'first'
  | 'distance'
  | 'max'
  | 'keys'
  | 'similarity';

export interface AttentionStatistic {
  /** Short, for options. */
  readonly name: AttentionStatisticName;
  readonly key: GridKey;
  readonly title: string;
  readonly unit: string;
  readonly meaning: string;
}

/** What a reading holds of each head, in the order it is shown. */
export const ATTENTION_STATISTICS: readonly AttentionStatistic[] = [
  {
    name: 'normalized',
    key: 'normalizedEntropy',
    title: 'Normalized entropy',
    unit: 'ratio',
    meaning: '1 spreads attention evenly over every visible key, 0 puts all of it on one',
  },
  {
    name: 'entropy',
    key: 'entropyBits',
    title: 'Entropy',
    unit: 'bits',
    meaning: 'each bit doubles the number of keys that attention spreads over; grows with the prompt',
  },
  {
    name: 'keys',
    key: 'effectiveKeys',
    title: 'Effective keys',
    unit: 'keys',
    meaning: 'how many equally attended keys would have the same entropy',
  },
  {
    name: 'max',
    key: 'maxWeight',
    title: 'Largest weight',
    unit: 'share',
    meaning: 'the share of attention that a query gives its most attended key',
  },
  {
    name: 'first',
    key: 'firstTokenMass',
    title: 'First-token mass',
    unit: 'share',
    meaning: 'the share of attention on the first key',
  },
  {
    name: 'distance',
    key: 'meanDistance',
    title: 'Mean distance',
    unit: 'tokens',
    meaning:
      'how far back attention looks on average; negative is ahead; in cross-attention, in positions of two different texts',
  },
  {
    name: 'similarity',
    key: 'headSimilarity',
    title: 'Head similarity',
    unit: 'cosine',
    meaning: 'cosine similarity to the other heads of the layer; near 1 they attend to the same keys',
  },
];

export function statisticOf(name: AttentionStatisticName): AttentionStatistic {
  const found = ATTENTION_STATISTICS.find((statistic) => statistic.name === name);
  if (found === undefined) throw new RangeError(`There is no statistic "${name}".`);
  return found;
}

/** One line per fact that the run and another source state differently. */
export function contradictionLines({ contradictions }: AttentionStatistics): string[] {
  return contradictions.map(({ fact, values }) => {
    const stated = Object.entries(values).map(([from, value]) => `${value} by the ${from}`);
    return `${fact}: ${stated.join(', ')}`;
  });
}
