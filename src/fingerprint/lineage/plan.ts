import { seededRng } from '../../core/rng.js';

/** MLP weights described at most, beyond the first blocks: three layers of a 7B model, which is 1.8 GB to read. */
const MLP_WEIGHTS = 7e8;
const MIN_BLOCKS = 2;
const MAX_BLOCKS = 24;
/** Neurons stored over all blocks, and the least of one block. */
const NEURONS = 512;
const MIN_NEURONS = 32;
/** Layers whose weights are sampled as stored. */
export const ROW_LAYERS = 12;
/** Blocks whose attention is described. */
export const FRAME_BLOCKS = 5;

/**
 * Layers in the order in which they are sampled: from the front and the back in turn, because models that lost layers
 * lost them in between. First and last come late: they are the least like the others.
 */
export function layerOrder(layers: number): number[] {
  const inner: number[] = [];
  for (let front = 1, back = layers - 2; front <= back; front++, back--) {
    inner.push(front);
    if (back > front) inner.push(back);
  }
  return [...inner, 0, layers - 1].filter(
    (layer, i, all) => layer >= 0 && layer < layers && all.indexOf(layer) === i,
  );
}

/** How many blocks to read when each has this many MLP weights: from shapes alone, so that two fingerprints meet. */
export function blockCount(blocks: number, weightsPerBlock: number): number {
  const affordable = Math.floor(MLP_WEIGHTS / Math.max(1, weightsPerBlock));
  return Math.min(blocks, Math.max(MIN_BLOCKS, Math.min(MAX_BLOCKS, affordable)));
}

/** Neurons to describe of a block: a third at most, so that the fingerprint of a small model stays small. */
export function neuronCount(width: number, blocks: number): number {
  const third = Math.max(MIN_NEURONS, Math.ceil(width / 3));
  return Math.min(width, third, Math.floor(NEURONS / blocks));
}

/** 32-bit FNV-1a over UTF-16 code units with a final mix: an order of strings that no one chose. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Places sampled in a matrix: `runs` of neighbours, at rows and columns that follow from role and shape. */
export function runsOf(
  role: string,
  rows: number,
  columns: number,
  runs: number,
  run: number,
): { readonly row: number; readonly column: number }[] {
  const rng = seededRng(hashOf(`${role} ${rows} ${columns}`));
  return Array.from({ length: runs }, () => {
    const row = Math.floor(rng() * rows);
    const places = Math.floor((columns - run) / 32) + 1;
    return { row, column: 32 * Math.floor(rng() * places) };
  });
}
