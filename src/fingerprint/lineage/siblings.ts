import { AssayError } from '../../core/errors.js';
import type { RowPair } from './compare-rows.js';
import { dot } from './linear.js';

/** Where a candidate lies between relatives that share its layout. */
export interface SiblingCoordinates {
  /** Share of each sibling after the first in the candidate: 0 is the first itself, 1 the other. */
  readonly t: readonly number[];
  /** Standard deviation of the same coordinates over single matrices. */
  readonly spread: readonly number[];
  /** Distance from the candidate to the nearest point of their span, relative to the first sibling's norm. */
  readonly residual: number;
  /** Distance of each sibling from the first, relative to its norm. */
  readonly apart: readonly number[];
  readonly weights: number;
}

/**
 * Least squares of b − a₀ on the differences aᵢ − a₀ over sampled weights: pairs of matrices, one list per sibling, all
 * in the same order. Null when siblings are equal or fewer than two.
 */
export function siblingCoordinates(siblings: readonly (readonly RowPair[])[]): SiblingCoordinates | null {
  const [first, ...others] = siblings;
  if (first === undefined || others.length === 0 || first.length === 0) return null;
  if (others.some((pairs) => pairs.length !== first.length))
    throw new AssayError('INTERNAL', 'siblingCoordinates: siblings were compared at different places.');
  const rows = first.map((pair, i) =>
    differences(
      pair,
      others.map((pairs) => pairs[i] as RowPair),
    ),
  );
  const systems = rows.map(({ sides, target }) => normalEquations(sides, target));
  const total = systems.reduce((sum, system) => sum.map((value, i) => value + (system[i] as number)));
  const k = others.length;
  const t = solve(total, k);
  if (t === null) return null;
  const norm = first.reduce((sum, { reference }) => sum + dot(reference, reference), 0);
  const left = rows.reduce((sum, { sides, target }) => sum + residual(sides, target, t), 0);
  const single = systems.map((system) => solve(system, k)).filter((own) => own !== null);
  return {
    t,
    spread: t.map((_, i) => deviation(single.map((own) => own[i] as number))),
    residual: Math.sqrt(left / norm),
    apart: t.map((_, i) => Math.sqrt((total[i * (k + 1) + i] as number) / norm)),
    weights: first.reduce((sum, { reference }) => sum + reference.length, 0),
  };
}

interface Differences {
  readonly sides: readonly Float64Array[];
  readonly target: Float64Array;
}

function differences(first: RowPair, others: readonly RowPair[]): Differences {
  const from = (values: Float32Array): Float64Array =>
    Float64Array.from(values, (value, i) => value - (first.reference[i] as number));
  return { sides: others.map(({ reference }) => from(reference)), target: from(first.candidate) };
}

/** k rows of k + 1 numbers: the Gram matrix of the sides, and their products with the target. */
function normalEquations(sides: readonly Float64Array[], target: Float64Array): number[] {
  return sides.flatMap((side) => [...sides.map((other) => dot(side, other)), dot(side, target)]);
}

/** Gaussian elimination with partial pivoting; null when the system is singular to working precision. */
function solve(system: readonly number[], k: number): number[] | null {
  const width = k + 1;
  const m = Array.from({ length: k }, (_, i) => system.slice(i * width, (i + 1) * width));
  const scale = Math.max(...m.map((row, i) => Math.abs(row[i] as number)));
  for (let i = 0; i < k; i++) {
    const pivot = m
      .slice(i)
      .reduce((best, row) => (Math.abs(row[i] as number) > Math.abs(best[i] as number) ? row : best));
    if (!(Math.abs(pivot[i] as number) > 1e-12 * scale)) return null;
    m.splice(m.indexOf(pivot), 1);
    m.splice(i, 0, pivot);
    for (const row of m) {
      if (row === pivot) continue;
      const factor = (row[i] as number) / (pivot[i] as number);
      for (let j = i; j < width; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  return m.map((row, i) => (row[k] as number) / (row[i] as number));
}

function residual(sides: readonly Float64Array[], target: Float64Array, t: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    let left = target[i] as number;
    for (const [j, side] of sides.entries()) left -= (t[j] as number) * (side[i] as number);
    sum += left * left;
  }
  return sum;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
