import { fitContext } from '../../core/context.js';
import { shuffled } from '../../core/rng.js';
import type { Generation, Probe } from '../../core/types.js';

export type GenerationEvidence = readonly (Generation & {
  readonly id: string;
  readonly promptTokens: number;
  readonly text: string;
})[];

/** Greedy continuations of the suite's prompts, asked in an order drawn from the seed. */
const generation: Probe<GenerationEvidence> = {
  id: 'generation',
  version: 1,
  requires: ['tokens', 'sampling'],
  cost: ({ prompts, budget }) => ({
    requests: prompts.length,
    tokens: prompts.length * (budget.promptTokens + budget.newTokens),
  }),
  collect: async ({ tokens, sampling }, { suite, rng, maxPositions, progress }) => {
    const { promptTokens, newTokens } = fitContext(suite.budget, maxPositions);
    const done: GenerationEvidence[number][] = [];
    for (const { id, messages } of shuffled(suite.prompts, rng)) {
      const rendered = await tokens.chat(messages);
      const plain = messages.map(({ content }) => content).join('\n');
      const ids = (await tokens.encode(rendered ?? plain, { special: rendered === null })).slice(
        -promptTokens,
      );
      const generated = await sampling.generate(ids, { maxNewTokens: newTokens });
      done.push({ id, promptTokens: ids.length, text: await tokens.decode(generated.ids), ...generated });
      progress(done.length, suite.prompts.length);
    }
    return done.sort((a, b) => (a.id < b.id ? -1 : 1));
  },
};
export default generation;
