import type { Probe, Suite, TokenStack } from '../../core/types.js';
import { type RecordedReply, recordReply } from '../../replies/record.js';
import { cutTasks } from '../boundaries/material.js';
import { readReply, type StackReading } from '../boundaries/read-reply.js';

/** A reply that was cut at a cap, and what each tokenizer makes of it. */
export interface CutReply extends RecordedReply {
  readonly task: string;
  readonly maxTokens: number;
  /** By tokenizer, and by `characters`. */
  readonly readings: Readonly<Record<string, StackReading>>;
}

/** Requests per tier: with the smaller probes of a quick audit they stay within nine requests and 2,200 tokens. */
const REQUESTS: Readonly<Record<Suite['tier'], number>> = { quick: 7, standard: 14, deep: 28 };
/** Caps are drawn from [190, 254): reasoning is dense enough there, and no gateway can expect a round number. */
const LEAST = 190;
const RANGE = 64;
/** Longest prompt, in tokens of the worst tokenizer. */
const PROMPT_TOKENS = 100;

/**
 * Greedy replies to requests whose answers are longer than the cap. Where a server ends at N tokens, the text that it
 * shows tells whose tokens those were.
 */
const cutReplies: Probe<readonly CutReply[]> = {
  id: 'cut-replies',
  version: 1,
  requires: ['chat', 'stacks'],
  cost: ({ tier }) => ({
    requests: REQUESTS[tier],
    tokens: REQUESTS[tier] * (PROMPT_TOKENS + LEAST + RANGE / 2),
  }),
  collect: async ({ chat, stacks }, { suite, rng, progress }) => {
    const loaded: TokenStack[] = [];
    for (const id of stacks.ids) loaded.push(await stacks.load(id));
    const tasks = cutTasks(REQUESTS[suite.tier], rng);
    const done: CutReply[] = [];
    for (const { id, prompt } of tasks) {
      const maxTokens = LEAST + Math.floor(rng() * RANGE);
      const reply = await chat.reply({ messages: [{ role: 'user', content: prompt }], maxTokens });
      done.push({ task: id, maxTokens, ...recordReply(reply), readings: readReply(reply, loaded) });
      progress(done.length, tasks.length);
    }
    return done;
  },
};
export default cutReplies;
