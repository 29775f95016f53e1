import type { Probe, Suite } from '../../core/types.js';
import { answerOf, WORD_TASKS, type WordLanguage, type WordTask, wordQuestion } from '../word-tasks.js';

/** One-word answers to one question, in the order in which they came; null where a reply held no word. */
export interface WordAnswers {
  readonly task: string;
  readonly language: string;
  readonly answers: readonly (string | null)[];
}

/** Tokens of an answer: models that think first need room, and the others stop by themselves. */
const MAX_TOKENS = 256;
/** What an answer costs on average, for the plan: most models say one word. */
const PROMPT_TOKENS = 24;
const LANGUAGES: readonly WordLanguage[] = ['en', 'zh'];

/** Questions, in each language, and answers to each. A quick audit asks none: a few answers tell nothing. */
const PLAN: Readonly<Record<Suite['tier'], readonly [tasks: number, samples: number]>> = {
  quick: [0, 0],
  standard: [4, 10],
  deep: [WORD_TASKS.length, 20],
};

/** Which word a candidate says when any would do, at temperature 1. */
const wordAnswers: Probe<readonly WordAnswers[]> = {
  id: 'word-answers',
  version: 1,
  requires: ['chat'],
  beside: 'needed',
  cost: ({ tier }) => {
    const [tasks, samples] = PLAN[tier];
    const requests = tasks * LANGUAGES.length * samples;
    return { requests, tokens: requests * (PROMPT_TOKENS + MAX_TOKENS) };
  },
  collect: async ({ chat }, { suite, seed, progress }) => {
    const [tasks, samples] = PLAN[suite.tier];
    const cells = LANGUAGES.flatMap((language) =>
      WORD_TASKS.slice(0, tasks).map((task): readonly [WordTask, WordLanguage] => [task, language]),
    );
    const done: WordAnswers[] = [];
    for (const [task, language] of cells) {
      const messages = [{ role: 'user' as const, content: wordQuestion(task, language) }];
      const answers: (string | null)[] = [];
      for (let sample = 0; sample < samples; sample++) {
        // Never the same seed twice: engines draw the same numbers for it, and answers to different questions agree.
        const drawn = seed + done.length * samples + sample;
        const request = { messages, maxTokens: MAX_TOKENS, temperature: 1, seed: drawn };
        answers.push(answerOf((await chat.reply(request)).text));
      }
      done.push({ task: task.id, language, answers });
      progress(done.length, cells.length);
    }
    return done;
  },
};
export default wordAnswers;
