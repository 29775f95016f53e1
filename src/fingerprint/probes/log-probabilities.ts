import { seededRng, shuffled } from '../../core/rng.js';
import type { Probe } from '../../core/types.js';
import { packLogProbs } from '../fixed-point.js';
import architecture from './architecture.js';

/** How many vocabulary ids are reported at every position, besides the true next token. */
const SAMPLE = 64;
/** The sample depends on the vocabulary size alone, so that any two runs of one model report the same ids. */
const SAMPLE_SEED = 0x5eed;

/** Log-probabilities (nats) of one passage under teacher forcing. */
export interface TextEvidence {
  readonly id: string;
  readonly ids: readonly number[];
  /** Of the true next token, positions 0 … n−2. */
  readonly target: readonly number[];
  readonly argmax: readonly number[];
  /** `sampleIds` at each position, see packLogProbs. */
  readonly sample: string;
}

export interface LogProbabilities {
  readonly vocabSize: number;
  readonly sampleIds: readonly number[];
  readonly texts: readonly TextEvidence[];
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** What the model believes about fixed passages, token by token. */
const logProbabilities: Probe<LogProbabilities> = {
  id: 'log-probabilities',
  version: 1,
  requires: ['tokens', 'logits'],
  uses: [architecture],
  cost: ({ texts, budget }) => ({ requests: texts.length, tokens: texts.length * budget.textTokens }),
  collect: async ({ tokens, logits }, { suite, maxPositions, earlier, progress, enough }) => {
    const vocabSize = earlier(architecture).vocabSize?.value ?? 0;
    const all = Array.from({ length: vocabSize }, (_, id) => id);
    const sampleIds = shuffled(all, seededRng(SAMPLE_SEED))
      .slice(0, SAMPLE)
      .sort((a, b) => a - b);
    const limit = Math.min(suite.budget.textTokens, maxPositions ?? Number.POSITIVE_INFINITY);
    const texts: TextEvidence[] = [];
    for (const { id, text } of suite.texts) {
      const ids = (await tokens.encode(text)).slice(0, limit);
      const [scored] = await logits.score([ids], sampleIds);
      if (scored) {
        const { target, argmax, sample } = scored;
        texts.push({ id, ids, target: target.map(round), argmax, sample: packLogProbs(sample) });
      }
      progress(texts.length, suite.texts.length);
      if (enough({ vocabSize, sampleIds, texts })) break;
    }
    return { vocabSize, sampleIds, texts };
  },
};
export default logProbabilities;
