import type { MatrixId, ModelStructure, WeightMatrix } from '../../core/types.js';
import { type Anchors, chooseAnchors } from './anchors.js';
import { dot, rowOf, symmetric, symmetricPower } from './linear.js';
import type { MatrixReader } from './reader.js';

/** A set of anchors with what its frame needs. */
export interface FramedAnchors extends Anchors {
  readonly framed: number;
  readonly gram: Float64Array;
  /** Inverse square root of the Gram matrix. */
  readonly whitening: Float64Array;
}

/** Anchor tokens as vectors of the residual stream; rows of all sets, one set after the other. */
export interface AnchorSpace {
  readonly hidden: number;
  readonly vocabulary: number;
  readonly sets: readonly FramedAnchors[];
  readonly count: number;
  /** What the model reads at an anchor, [count, hidden]. */
  readonly reading: Float64Array;
  /** What the model must write for an anchor, the gain of the final norm folded in. */
  readonly writing: Float64Array;
  /** Added to a norm's stored gain. */
  readonly gainOffset: number;
}

/** Null when the model has no embedding of at least two columns. */
export async function anchorSpace(
  reader: MatrixReader,
  structure: ModelStructure,
  vocabulary: readonly string[] | null,
): Promise<AnchorSpace | null> {
  const embedding = await reader.matrix({ role: 'embedding' });
  if (embedding === null || embedding.columns < 2) return null;
  const hidden = embedding.columns;
  const gainOffset = offsetOfGains(structure);
  const chosen = chooseAnchors(embedding.rows, vocabulary);
  const ids = chosen.flatMap((set) => set.ids);
  const centred = (await reader.matrix({ role: 'final-norm', part: 'bias' })) !== null;
  const head = await reader.matrix({ role: 'head' });
  const tied = head === null || head.columns !== hidden || head.rows < embedding.rows;
  const reading = await rowsAt(reader, embedding, ids);
  const writing = tied ? Float64Array.from(reading) : await rowsAt(reader, head, ids);
  scale(writing, await gainsOf(reader, { role: 'final-norm' }, gainOffset), hidden);
  if (centred) for (const rows of [reading, writing]) centre(rows, hidden);
  let first = 0;
  const sets = chosen.map((set): FramedAnchors => {
    const framed = Math.min(set.ids.length, Math.floor(hidden / 2));
    const gram = gramOf(reading.subarray(first * hidden, (first + framed) * hidden), framed, hidden);
    first += set.ids.length;
    return { ...set, framed, gram, whitening: symmetricPower(gram, framed, -0.5) };
  });
  return { hidden, vocabulary: embedding.rows, sets, count: ids.length, reading, writing, gainOffset };
}

/** Gemma multiplies by 1 + gain; llama.cpp adds the 1 when it converts. */
function offsetOfGains({ format, config }: ModelStructure): number {
  const family = `${config?.model_type ?? ''}`;
  return format !== 'gguf' && /^gemma(2|3)?(_text)?$/.test(family) ? 1 : 0;
}

/** Gains of a norm, or null when the model has none there. */
export async function gainsOf(
  reader: MatrixReader,
  id: MatrixId,
  offset: number,
): Promise<Float32Array | null> {
  const stored = await reader.vector(id);
  return stored?.map((gain) => gain + offset) ?? null;
}

async function rowsAt(
  reader: MatrixReader,
  matrix: WeightMatrix,
  ids: readonly number[],
): Promise<Float64Array> {
  const out = new Float64Array(ids.length * matrix.columns);
  for (const [i, id] of ids.entries()) out.set(await reader.rows(matrix, id, 1), i * matrix.columns);
  return out;
}

/** Multiply every row by the gains. */
export function scale(rows: Float64Array, gains: Float32Array | null, width: number): void {
  if (gains === null || gains.length !== width) return;
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) * (gains[i % width] as number);
}

/** LayerNorm drops the mean of what it reads. */
function centre(rows: Float64Array, width: number): void {
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    for (let i = 0; i < width; i++) row[i] = (row[i] as number) - mean;
  }
}

function gramOf(rows: Float64Array, count: number, width: number): Float64Array {
  const triangle: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) triangle.push(dot(rowOf(rows, i, width), rowOf(rows, j, width)));
  }
  return symmetric(triangle, count);
}
