import type { Detail, Signal } from '../../core/types.js';
import greedyReplies, { type GreedyReply } from '../../replies/probes/greedy-replies.js';
import { summarize } from '../../stats/summary.js';
import { type ReasoningStructure, reasoningStructure as structureOf } from '../features/reasoning.js';

/**
 * Claim: none. How a model reasons aloud follows its training, its template and the server's budget of thought.
 * Method: words of reasoning and of answer, turns of thought ("wait", "等等") per 100 words of reasoning, numbered steps
 * and boxed answers of the greedy replies; shown, never weighed. Replies that the budget cut while thinking are said.
 * Source: lists of turns and steps of our own, English and Chinese.
 * Assumptions: the server hands reasoning out, under a name of its own or between think tags.
 * Error rates: not measured: no fixture model reasons, so nothing says how far apart two reasoning models are.
 * Evasion: strip, shorten or rewrite the reasoning.
 */
const reasoningStructure: Signal = {
  id: 'reasoning-structure',
  title: 'Structure of reasoning',
  group: 'text',
  spoofing: 'trivial',
  needs: [greedyReplies],
  score: ({ candidate }) => {
    const replies = candidate['greedy-replies'] as readonly GreedyReply[];
    const found = replies.flatMap((reply) => structureOf(reply) ?? []);
    const aloud = found.filter(({ reasoningWords }) => reasoningWords > 0);
    if (aloud.length === 0) return { status: 'skipped', reason: 'no reply shows any reasoning' };
    const unfinished = aloud.filter(({ answerWords }) => answerWords === 0).length;
    const turns = aloud.map(({ turns: count, reasoningWords }) => (100 * count) / reasoningWords);
    return {
      status: 'scored',
      observed: `${aloud.length} of ${found.length} replies reason aloud, ${summarize(turns).mean.toFixed(1)} turns in 100 words`,
      expected: {},
      logLikelihood: {},
      n: aloud.length,
      details: [
        { type: 'number', label: 'replies cut while thinking', value: unfinished },
        ...medians(aloud),
        { type: 'samples', label: 'turns in 100 words of reasoning', unit: '', values: turns },
      ],
    };
  },
};
export default reasoningStructure;

function medians(found: readonly ReasoningStructure[]): Detail[] {
  const rows = [
    ['reasoning, median', 'reasoningWords', 'words'],
    ['answer, median', 'answerWords', 'words'],
    ['steps, median', 'steps', ''],
    ['boxed answers, median', 'boxed', ''],
  ] as const;
  return rows.map(([label, key, unit]) => ({
    type: 'number',
    label,
    value: summarize(found.map((row) => row[key])).median,
    unit,
  }));
}
