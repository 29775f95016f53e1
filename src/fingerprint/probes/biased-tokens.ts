import { AssayError, isAssayError } from '../../core/errors.js';
import type { Probe, TokenStack } from '../../core/types.js';
import { type BiasWord, biasWords } from '../boundaries/bias-words.js';
import { PUBLIC_COUNTERS } from '../boundaries/modes.js';

/** What a server says when one token is made all but certain. */
export interface BiasedAnswer extends BiasWord {
  /** Beginning of reasoning and answer together. */
  readonly answer: string;
}

/** One word may be luck, two are not. */
const REQUESTS = 2;
/** Largest bias of the API. */
const BIAS = 100;
const PROMPT = 'Describe the weather on a winter morning.';
/** Prompt with a template, and one new token. */
const TOKENS = 20;
/** The token, and what a server that allows more than one adds. */
const SHOWN = 80;

/** Which word is token i: asked by a bias on ids that every vocabulary has, and that are another word in each. */
const biasedTokens: Probe<readonly BiasedAnswer[]> = {
  id: 'biased-tokens',
  version: 1,
  requires: ['chat', 'stacks'],
  cost: () => ({ requests: REQUESTS, tokens: REQUESTS * TOKENS }),
  collect: async ({ chat, stacks }, { rng, progress }) => {
    const loaded: TokenStack[] = [];
    // Llama's first hundred thousand ids are those of cl100k, which no open model has.
    const ids = stacks.ids.filter((id) => !PUBLIC_COUNTERS.includes(id));
    for (const id of ids) loaded.push(await stacks.load(id));
    const words = biasWords(loaded, REQUESTS, rng);
    if (words.length === 0)
      throw new AssayError('VOCABULARY_INVALID', `No id is a different word in ${ids.join(', ')}.`, {
        hint: 'Leave out tokenizers of your own that share a vocabulary with a public one.',
      });
    const done: BiasedAnswer[] = [];
    for (const word of words) {
      const request = {
        messages: [{ role: 'user' as const, content: PROMPT }],
        maxTokens: 1,
        logitBias: { [word.id]: BIAS },
      };
      const { reasoning, text } = await chat.reply(request).catch(refused);
      done.push({ ...word, answer: (reasoning + text).slice(0, SHOWN) });
      progress(done.length, words.length);
    }
    return done;
  },
};
export default biasedTokens;

/** Some servers refuse an answer of one token, or a bias, without naming the parameter: the channel is closed, no more. */
function refused(error: unknown): never {
  if (!isAssayError(error, 'ENDPOINT_STATUS')) throw error;
  throw new AssayError(
    'ENDPOINT_UNSUPPORTED',
    `A biased request of one token was refused: ${error.message}`,
    {
      hint: 'The other channels do not need it.',
      cause: error,
    },
  );
}
