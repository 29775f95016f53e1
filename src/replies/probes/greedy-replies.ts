import { isAssayError } from '../../core/errors.js';
import { shuffled } from '../../core/rng.js';
import type { ChatCapability, ChatRequest, Probe, Reply } from '../../core/types.js';
import { type RecordedReply, recordReply } from '../record.js';

/** A greedy, streamed answer to one prompt of the suite. */
export interface GreedyReply extends RecordedReply {
  readonly id: string;
  readonly language: string;
  readonly maxTokens: number;
  /** Date of the audit (UTC) and who was asked: times of another day or place are not comparable. */
  readonly day?: string;
  readonly origin?: string;
}

/** Most that servers commonly allow. */
const TOP = 20;

/** What a candidate answers at temperature 0: text, tokens, times. Read by signals of several domains. */
const greedyReplies: Probe<readonly GreedyReply[]> = {
  id: 'greedy-replies',
  version: 1,
  requires: ['chat'],
  cost: ({ prompts, budget }) => ({
    requests: prompts.length,
    tokens: prompts.length * (budget.promptTokens + budget.newTokens),
  }),
  collect: async ({ chat }, { suite, rng, collectedAt, progress }) => {
    const maxTokens = suite.budget.newTokens;
    const ask = withLogProbs(chat);
    const { origin } = chat;
    const where = { day: collectedAt.slice(0, 10), ...(origin === undefined ? {} : { origin }) };
    const done: GreedyReply[] = [];
    for (const { id, language, messages } of shuffled(suite.prompts, rng)) {
      const reply = await ask({ messages, maxTokens, temperature: 0, seed: 0 });
      done.push({ id, language, maxTokens, ...where, ...recordReply(reply) });
      progress(done.length, suite.prompts.length);
    }
    return done.sort((a, b) => (a.id < b.id ? -1 : 1));
  },
};
export default greedyReplies;

/** Ask for log-probabilities until a server refuses the parameter. */
function withLogProbs(chat: ChatCapability): (request: ChatRequest) => Promise<Reply> {
  let refused = false;
  return async (request) => {
    if (!refused) {
      try {
        return await chat.reply({ ...request, topLogProbs: TOP });
      } catch (error) {
        if (!isAssayError(error, 'ENDPOINT_UNSUPPORTED')) throw error;
        refused = true;
      }
    }
    return chat.reply(request);
  };
}
