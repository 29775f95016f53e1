import type { Probe, Reply, Suite, SuitePrompt } from '../../core/types.js';
import { answerable } from '../answerable.js';
import { type RecordedReply, recordReply } from '../record.js';

/** Samples of one prompt, drawn at temperature 1, each with a seed of its own. */
export interface SampledPrompt {
  readonly id: string;
  readonly language: string;
  readonly maxTokens: number;
  readonly replies: readonly RecordedReply[];
}

type Answers = readonly (readonly [request: { readonly prompt: SuitePrompt }, reply: Reply])[];

/** Prompts, samples of each and tokens of a sample. */
const PLAN: Readonly<Record<Suite['tier'], readonly [prompts: number, samples: number, tokens: number]>> = {
  quick: [2, 4, 32],
  standard: [10, 10, 50],
  deep: [25, 10, 50],
};

/** What a candidate answers when it is free to vary. */
const sampledReplies: Probe<readonly SampledPrompt[]> = {
  id: 'sampled-replies',
  version: 1,
  requires: ['chat'],
  beside: 'needed',
  cost: ({ tier, prompts, budget }) => {
    const [count, samples, tokens] = PLAN[tier];
    const requests = Math.min(count, prompts.length) * samples;
    return { requests, tokens: requests * (budget.promptTokens + tokens) };
  },
  collect: async ({ chat }, { suite, seed, progress, enough }) => {
    const [count, samples, maxTokens] = PLAN[suite.tier];
    const chosen = suite.prompts.slice(0, count);
    // Never the same seed twice: engines draw the same numbers for it, and replies to different prompts agree.
    const requests = chosen.flatMap((prompt, at) =>
      Array.from({ length: samples }, (_, sample) => ({ prompt, drawn: seed + at * samples + sample })),
    );
    const recorded = (answers: Answers): SampledPrompt[] =>
      chosen.flatMap(({ id, language }) => {
        const own = answers.filter(([{ prompt }]) => prompt.id === id);
        const replies = own.map(([, reply]) => recordReply(reply));
        return replies.length === 0 ? [] : [{ id, language, maxTokens, replies }];
      });
    const answers = await answerable(
      requests,
      ({ prompt: { messages }, drawn }) => chat.reply({ messages, maxTokens, temperature: 1, seed: drawn }),
      (done, answered) => {
        progress(done, requests.length);
        return done % samples === 0 && answered.length > 0 && enough(recorded(answered));
      },
    );
    return recorded(answers);
  },
};
export default sampledReplies;
