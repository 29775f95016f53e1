import { holm } from '../../stats/holm.js';
import { type SharedAnchors, sharedAnchors } from './anchors.js';
import { compareFrames, type FrameMatch } from './compare-frames.js';
import { compareRows, type RowMatch } from './compare-rows.js';
import { matchNeurons, type NeuronMatch } from './match-neurons.js';
import type { LineageEvidence } from './types.js';

/** Everything two fingerprints say about each other. */
export interface Comparison {
  readonly rows: RowMatch | null;
  /** Tokens by which the rest was compared; null when too few are shared. */
  readonly shared: SharedAnchors | null;
  readonly neurons: NeuronMatch | null;
  readonly frames: FrameMatch | null;
  /** Natural log of the chance of such a neuron match between unrelated models; adjusted by `compareAll`. */
  readonly logP: number;
}

const done = new WeakMap<LineageEvidence, WeakMap<LineageEvidence, Comparison>>();

/** One candidate against many references; p-values are adjusted after Holm for all of them. */
export function compareAll(candidate: LineageEvidence, references: readonly LineageEvidence[]): Comparison[] {
  const found = references.map((reference) => compareModels(candidate, reference));
  const adjusted = holm(found.map(({ logP }) => logP));
  return found.map((comparison, i) => ({ ...comparison, logP: adjusted[i] as number }));
}

/** Several signals read the same comparison; it is made once per pair. */
function compareModels(candidate: LineageEvidence, reference: LineageEvidence): Comparison {
  const known = done.get(candidate) ?? new WeakMap<LineageEvidence, Comparison>();
  done.set(candidate, known);
  const comparison = known.get(reference) ?? compareOnce(candidate, reference);
  known.set(reference, comparison);
  return comparison;
}

function compareOnce(candidate: LineageEvidence, reference: LineageEvidence): Comparison {
  const rows = compareRows(candidate, reference);
  const ways = sharedAnchors(candidate, reference).flatMap((shared) => {
    const neurons = matchNeurons(candidate, reference, shared);
    return neurons
      ? [{ shared, neurons, frames: compareFrames(candidate, reference, shared, neurons.blocks) }]
      : [];
  });
  const [best] = ways.sort((a, b) => a.neurons.logP - b.neurons.logP);
  if (!best) return { rows, shared: null, neurons: null, frames: null, logP: 0 };
  return { rows, ...best, logP: Math.min(0, best.neurons.logP + Math.log(ways.length)) };
}
