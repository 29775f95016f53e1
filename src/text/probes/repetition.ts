import type { Probe } from '../../core/types.js';
import { repetition as measure, type Repetition } from '../../stats/repetition.js';
import generation from './generation.js';

export type RepetitionEvidence = readonly (Repetition & { readonly id: string; readonly tokens: number })[];

/** N-gram repetition and diversity of each greedy continuation. */
const repetition: Probe<RepetitionEvidence> = {
  id: 'repetition',
  version: 1,
  requires: [],
  uses: [generation],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async (_, { earlier }) =>
    earlier(generation).map(({ id, ids }) => ({ id, tokens: ids.length, ...measure(ids) })),
};
export default repetition;
