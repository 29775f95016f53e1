import { seededRng, shuffled } from '../../core/rng.js';
import { uCentred } from '../../stats/unbiased-cka.js';
import type { SharedAnchors } from './anchors.js';
import { dot, sandwich, symmetric, symmetricPower } from './linear.js';
import { unpackFloat, unpackHalf } from './pack.js';
import type { FrameView, LineageEvidence } from './types.js';

const SHUFFLES = 199;
const SEED = 0xc4a;
/** Fewer shared anchors give no alignment worth the name. */
const MIN_FRAME = 12;

export interface FrameMatch {
  /** Mean over layers and views of unbiased CKA, about 0 for unrelated weights. */
  readonly cka: number;
  /** Share of relabelings of the anchors that reach it. */
  readonly p: number;
  readonly grams: number;
  readonly anchors: number;
}

/** Attention of paired blocks, in frames aligned through the shared anchors; null when none can be compared. */
export function compareFrames(
  candidate: LineageEvidence,
  reference: LineageEvidence,
  shared: SharedAnchors,
  pairs: readonly { readonly block: number; readonly reference: number }[],
): FrameMatch | null {
  const sides = [candidate, reference] as const;
  const framed = sides.map((side, i) => side.anchors[shared.sets[i] ?? 0]?.framed ?? 0);
  const columns = shared.columns.filter(([a, b]) => a < (framed[0] ?? 0) && b < (framed[1] ?? 0));
  const n = columns.length;
  if (n < MIN_FRAME) return null;
  const align = sides.map((side, i) =>
    aligner(
      side,
      shared.sets[i] ?? 0,
      columns.map((pair) => pair[i] as number),
    ),
  );
  const grams = pairs.flatMap(({ block, reference: other }) =>
    (['query', 'key'] as const).flatMap((view): [Float64Array, Float64Array][] => {
      const a = align[0]?.(block, view);
      const b = align[1]?.(other, view);
      return a && b ? [[uCentred(a, n), uCentred(b, n)]] : [];
    }),
  );
  const norms = grams.map(([a, b]) => Math.sqrt(dot(a, a) * dot(b, b)));
  if (grams.length === 0 || norms.some((norm) => !(norm > 0))) return null;
  const identity = Array.from({ length: n }, (_, i) => i);
  const mean = (order: readonly number[]): number =>
    grams.reduce((sum, [a, b], i) => sum + relabelled(a, b, order) / (norms[i] as number), 0) / grams.length;
  const cka = mean(identity);
  const rng = seededRng(SEED);
  let reached = 1;
  for (let i = 0; i < SHUFFLES; i++) if (mean(shuffled(identity, rng)) >= cka) reached++;
  return { cka, p: reached / (SHUFFLES + 1), grams: grams.length, anchors: n };
}

function relabelled(a: Float64Array, b: Float64Array, order: readonly number[]): number {
  const n = order.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const from = (order[i] as number) * n;
    for (let j = 0; j < n; j++) sum += (a[i * n + j] as number) * (b[from + (order[j] as number)] as number);
  }
  return sum;
}

/** Reads a Gram matrix in the frame of the shared anchors alone: out of the frame of all, and into theirs. */
function aligner(
  model: LineageEvidence,
  set: number,
  columns: readonly number[],
): (block: number, view: FrameView) => Float64Array | null {
  const anchors = model.anchors[set];
  const n = anchors?.framed ?? 0;
  const triangle = (n * (n + 1)) / 2;
  const packed = anchors ? unpackFloat(anchors.gram, triangle) : null;
  if (packed === null) return () => null;
  const all = columns.length === n && columns.every((column, i) => column === i);
  const gram = symmetric(packed, n);
  const root = all ? null : symmetricPower(gram, n, 0.5);
  const whitening = all ? null : symmetricPower(part(gram, n, columns), columns.length, -0.5);
  return (block, view) => {
    const text = model.blocks[block]?.frames[set]?.[view];
    const values = text === undefined ? null : unpackHalf(text, triangle);
    if (values === null) return null;
    const stored = symmetric(values, n);
    if (root === null || whitening === null) return part(stored, n, columns);
    return sandwich(whitening, part(sandwich(root, stored, n), n, columns), columns.length);
  };
}

function part(matrix: Float64Array, n: number, columns: readonly number[]): Float64Array {
  return Float64Array.from(columns.flatMap((i) => columns.map((j) => matrix[i * n + j] as number)));
}
