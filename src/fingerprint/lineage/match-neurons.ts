import { fisherCombination } from '../../stats/fisher-combination.js';
import { logPoissonUpperTail } from '../../stats/poisson-upper-tail.js';
import type { SharedAnchors } from './anchors.js';
import { unpackNibbles } from './pack.js';
import type { BlockEvidence, LineageEvidence, NeuronView } from './types.js';

const VIEWS: readonly NeuronView[] = ['gate', 'up', 'down'];

/** How often two independent descriptions of a neuron name the same neuron of the other model. */
export interface Agreement {
  readonly observed: number;
  /** By chance, given how often each neuron was named. */
  readonly expected: number;
  readonly n: number;
  /** Natural log of the chance of as many agreements between unrelated models. */
  readonly logP: number;
  /** Share of agreements beyond chance, 0–1. */
  readonly effect: number;
}

/** A block of the candidate and the block of the reference it agrees with most. */
export interface BlockMatch extends Agreement {
  readonly block: number;
  readonly reference: number;
}

export interface NeuronMatch {
  readonly blocks: readonly BlockMatch[];
  /** Over all blocks of the candidate; the search for the best reference block is paid for. */
  readonly logP: number;
  readonly effect: number;
}

/** Unit rows, one after the other. */
interface Rows {
  readonly count: number;
  readonly width: number;
  readonly values: Float64Array;
}
type Views = ReadonlyMap<NeuronView, Rows>;

/** Neurons of a candidate against those of a reference, every block against every block; null when none compare. */
export function matchNeurons(
  candidate: LineageEvidence,
  reference: LineageEvidence,
  shared: SharedAnchors,
): NeuronMatch | null {
  const mine = candidate.blocks.map((block) => viewsOf(block, candidate, shared, 0));
  const theirs = reference.blocks.map((block) => viewsOf(block, reference, shared, 1));
  const blocks = mine.flatMap((views, block): BlockMatch[] => {
    const found = theirs.flatMap((other, index): BlockMatch[] => {
      const agreement = agree(views, other);
      return agreement ? [{ ...agreement, block, reference: index }] : [];
    });
    const [best] = found.sort((a, b) => a.logP - b.logP || a.reference - b.reference);
    return best ? [{ ...best, logP: bestOf(best.logP, found.length) }] : [];
  });
  if (blocks.length === 0) return null;
  const sum = (pick: (match: BlockMatch) => number): number =>
    blocks.reduce((total, match) => total + pick(match), 0);
  return {
    blocks,
    logP: fisherCombination(blocks.map(({ logP }) => logP)),
    effect: excess(
      sum(({ observed }) => observed),
      sum(({ expected }) => expected),
      sum(({ n }) => n),
    ),
  };
}

/** Log p of the smallest of n p-values (Šidák), as if they were independent. */
function bestOf(logP: number, n: number): number {
  return logP < -30
    ? Math.min(0, logP + Math.log(n))
    : Math.log(-Math.expm1(n * Math.log1p(-Math.exp(logP))));
}

function excess(observed: number, expected: number, n: number): number {
  return n > expected ? Math.max(0, (observed - expected) / (n - expected)) : 0;
}

/** Unit rows over the shared anchors. */
function viewsOf(block: BlockEvidence, model: LineageEvidence, shared: SharedAnchors, side: 0 | 1): Views {
  const width = model.anchors.reduce((sum, { ids }) => sum + ids.length, 0);
  const set = shared.sets[side];
  const first = model.anchors.slice(0, set).reduce((sum, { ids }) => sum + ids.length, 0);
  const columns = shared.columns.map((pair) => first + pair[side]);
  const views = new Map<NeuronView, Rows>();
  for (const view of VIEWS) {
    const packed = block.views[view];
    const values = packed === undefined ? null : unpackNibbles(packed, block.neurons.length, width);
    if (values !== null) views.set(view, unitRows(values, block.neurons.length, width, columns));
  }
  return views;
}

function unitRows(values: Float64Array, count: number, stride: number, columns: readonly number[]): Rows {
  const width = columns.length;
  const out = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    let square = 0;
    for (const column of columns) square += (values[row * stride + column] as number) ** 2;
    const norm = square > 0 ? Math.sqrt(square) : 1;
    for (const [i, column] of columns.entries())
      out[row * width + i] = (values[row * stride + column] as number) / norm;
  }
  return { count, width, values: out };
}

/** Whom each neuron names by each view, compared pair of views by pair of views; null when fewer than two are shared. */
function agree(mine: Views, theirs: Views): Agreement | null {
  const choices = VIEWS.flatMap((view) => {
    const a = mine.get(view);
    const b = theirs.get(view);
    return a && b && a.count > 0 && b.count > 0 ? [nearest(a, b)] : [];
  });
  let observed = 0;
  let expected = 0;
  let n = 0;
  for (const [i, first] of choices.entries()) {
    for (const second of choices.slice(i + 1)) {
      const counts = [tally(first), tally(second)] as const;
      for (const [at, neuron] of first.entries()) if (second[at] === neuron) observed++;
      for (const [neuron, count] of counts[0])
        expected += (count * (counts[1].get(neuron) ?? 0)) / first.length;
      n += first.length;
    }
  }
  if (n === 0) return null;
  return {
    observed,
    expected,
    n,
    logP: logPoissonUpperTail(observed, expected),
    effect: excess(observed, expected, n),
  };
}

/** For each row the index of the other row with the largest |cosine|: a neuron may have changed its sign. */
function nearest(mine: Rows, theirs: Rows): number[] {
  const { width } = mine;
  return Array.from({ length: mine.count }, (_, row) => {
    let best = 0;
    let top = -1;
    for (let other = 0; other < theirs.count; other++) {
      let cosine = 0;
      for (let i = 0, a = row * width, b = other * width; i < width; i++)
        cosine += (mine.values[a + i] as number) * (theirs.values[b + i] as number);
      if (Math.abs(cosine) <= top) continue;
      top = Math.abs(cosine);
      best = other;
    }
    return best;
  });
}

function tally(choices: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const choice of choices) counts.set(choice, (counts.get(choice) ?? 0) + 1);
  return counts;
}
