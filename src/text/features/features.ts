import { type Repetition, repetition } from '../../stats/repetition.js';
import { hdd, mtld } from './lexical-diversity.js';
import { sentenceLengths } from './sentences.js';
import { topicDrift } from './topic-drift.js';
import { unitsOf } from './units.js';

/** Everything measured of one text. Null where the text is too short to show it. */
export interface TextFeatures extends Repetition {
  /** Words; of Chinese, characters. */
  readonly words: number;
  readonly mtld: number | null;
  readonly hdd: number | null;
  readonly sentences: number;
  /** Words per sentence and per clause. */
  readonly sentenceWords: number | null;
  readonly clauseWords: number | null;
  readonly driftStep: number | null;
  readonly driftWhole: number | null;
}

/** Pure, and the same on every machine. */
export function textFeatures(text: string): TextFeatures {
  const { words, ids } = unitsOf(text);
  const { sentences, clauses } = sentenceLengths(text);
  const drift = topicDrift(words);
  return {
    words: words.length,
    ...repetition(ids),
    mtld: mtld(ids),
    hdd: hdd(ids),
    sentences: sentences.length,
    sentenceWords: mean(sentences),
    clauseWords: mean(clauses),
    driftStep: drift?.step ?? null,
    driftWhole: drift?.whole ?? null,
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
