import { type AssayError, isAssayError } from '../../core/errors.js';
import { shuffled } from '../../core/rng.js';
import type { ChatRequest, Probe, Reply } from '../../core/types.js';
import { type RecordedReply, recordReply } from '../record.js';
import { withLogProbs } from '../with-log-probs.js';

/** A greedy, streamed answer to one prompt of the suite. */
export interface GreedyReply extends RecordedReply {
  readonly id: string;
  readonly language: string;
  readonly maxTokens: number;
  /** Date of the audit (UTC) and who was asked: times of another day or place are not comparable. */
  readonly day?: string;
  readonly origin?: string;
}

/** What a candidate answers at temperature 0: text, tokens, times. Read by signals of several domains. */
const greedyReplies: Probe<readonly GreedyReply[]> = {
  id: 'greedy-replies',
  version: 1,
  requires: ['chat'],
  beside: 'useful',
  cost: ({ prompts, budget }) => ({
    requests: prompts.length,
    tokens: prompts.length * (budget.promptTokens + budget.newTokens),
  }),
  collect: async ({ chat }, { suite, rng, collectedAt, progress }) => {
    const maxTokens = suite.budget.newTokens;
    const withTop = withLogProbs<ChatRequest>((request) => chat.reply(request));
    const ask = async (request: ChatRequest): Promise<Reply> =>
      (await withTop(request)) ?? (await chat.reply(request));
    const { origin } = chat;
    const where = { day: collectedAt.slice(0, 10), ...(origin === undefined ? {} : { origin }) };
    const done: GreedyReply[] = [];
    const refusals: AssayError[] = [];
    for (const { id, language, messages } of shuffled(suite.prompts, rng)) {
      const request = { messages, maxTokens, temperature: 0, seed: 0 };
      const reply = await ask(request).catch(unlessRefused);
      if (isAssayError(reply)) refusals.push(reply);
      else done.push({ id, language, maxTokens, ...where, ...recordReply(reply) });
      progress(done.length + refusals.length, suite.prompts.length);
    }
    // A server that refuses most of them refuses something else.
    if (refusals.length > done.length) throw refusals[0];
    return done.sort((a, b) => (a.id < b.id ? -1 : 1));
  },
};
export default greedyReplies;

/** A prompt may be too long for a small model, or displease a filter: the others are compared. */
const REFUSED = /^(EXCEED_CONTEXT|HTTP_(400|413|422))$/;

function unlessRefused(error: unknown): AssayError {
  if (isAssayError(error) && REFUSED.test(error.fault ?? '')) return error;
  throw error;
}
