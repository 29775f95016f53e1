import { shuffled } from '../../core/rng.js';
import type { ChatRequest, Probe, Reply, SuitePrompt } from '../../core/types.js';
import { answerable } from '../answerable.js';
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

type Answers = readonly (readonly [prompt: SuitePrompt, reply: Reply])[];

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
  collect: async ({ chat }, { suite, rng, collectedAt, progress, enough }) => {
    const maxTokens = suite.budget.newTokens;
    const ask = withLogProbs<ChatRequest>((request) => chat.reply(request));
    const { origin } = chat;
    const where = { day: collectedAt.slice(0, 10), ...(origin === undefined ? {} : { origin }) };
    const recorded = (answers: Answers): GreedyReply[] =>
      answers
        .map(
          ([{ id, language }, reply]): GreedyReply => ({
            id,
            language,
            maxTokens,
            ...where,
            ...recordReply(reply),
          }),
        )
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    const answers = await answerable(
      shuffled(suite.prompts, rng),
      async ({ messages }) => {
        const request = { messages, maxTokens, temperature: 0, seed: 0 };
        return (await ask(request)) ?? chat.reply(request);
      },
      (done, answered) => {
        progress(done, suite.prompts.length);
        return answered.length > 0 && enough(recorded(answered));
      },
    );
    return recorded(answers);
  },
};
export default greedyReplies;
