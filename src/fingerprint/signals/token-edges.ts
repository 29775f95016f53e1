import type { Signal } from '../../core/types.js';
import { CHARACTERS, isModelStack, overModes, PUBLIC_COUNTERS } from '../boundaries/modes.js';
import { explainPieces, type PieceCount } from '../boundaries/pieces.js';
import type { PieceReading } from '../boundaries/spans.js';
import cutReplies, { type CutReply } from '../probes/cut-replies.js';

/** Fewer edges: a server that sends bursts, or all at once. */
const ENOUGH = 40;

/**
 * Claim: the candidate's stream is cut between tokens of the claimed version's tokenizer.
 * Method: edges between the pieces of streamed replies that fall inside a token, per public tokenizer. Merging
 * tokens only removes edges, so an edge inside a token stays a contradiction unless the server cuts its text anew.
 * Source: servers of ten dialects, recorded: a piece is one token or several.
 * Assumptions: pieces are whole tokens, or cut by the character, by another known tokenizer, or in an unknown way
 * that then contradicts every tokenizer.
 * Error rates: 0 of 9,015 honest sessions refuted over eight ways of cutting a stream (bench/endpoint/boundaries.mjs,
 * seeds 21 and 22), when it refuted no dishonest one alone either; its power since a public tokenizer must send each of
 * its tokens is shown by test/fingerprint/token-edges.test.ts only.
 * Evasion: collect the text and cut it again where the claimed tokenizer would.
 */
const tokenEdges: Signal = {
  id: 'token-edges',
  title: 'Edges of streamed pieces',
  group: 'token-boundaries',
  spoofing: 'costly',
  needs: [cutReplies],
  score: ({ candidate, variants }) => {
    const replies = candidate['cut-replies'] as readonly CutReply[];
    const stacks = Object.keys(replies[0]?.readings ?? {});
    const readings = Object.fromEntries(stacks.map((stack) => [stack, sum(replies, stack)]));
    const judged = Math.max(0, ...stacks.filter(isModelStack).map((id) => readings[id]?.judged ?? 0));
    if (judged < ENOUGH)
      return { status: 'skipped', reason: `${judged} edges between pieces; ${ENOUGH} are needed` };
    const shares = Object.entries(readings).map(([stack, { judged: of, deviating }]) => ({
      type: 'number' as const,
      label:
        stack === CHARACTERS
          ? 'characters not cut apart'
          : `${isModelStack(stack) ? 'edges inside' : 'edges that are not ends of'} tokens of ${stack}`,
      value: (100 * deviating) / Math.max(1, of),
      unit: '%',
    }));
    return {
      status: 'scored',
      observed: `${judged} edges between pieces`,
      expected: Object.fromEntries(
        variants.flatMap(({ id, tokenStack }) =>
          tokenStack ? [[id, `edges between tokens of ${tokenStack}`]] : [],
        ),
      ),
      logLikelihood: overModes(variants, explainPieces(readings)),
      n: judged,
      details: shares,
    };
  },
};
export default tokenEdges;

function sum(replies: readonly CutReply[], stack: string): PieceCount {
  const add = (key: keyof PieceReading): number =>
    replies.reduce((total, { readings }) => total + (readings[stack]?.[key] ?? 0), 0);
  // A gateway that cuts text with a tokenizer of its own sends each token of it; a model's server may merge some.
  const missing = PUBLIC_COUNTERS.includes(stack) ? add('missing') : 0;
  return {
    judged: add('edges') + missing,
    deviating: add('inside') + missing,
    inNumbers: add('insideNumbers'),
  };
}
