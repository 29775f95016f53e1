import { fewLevels, mostLevels } from './lattice/levels.js';
import { shortMantissas } from './lattice/short-mantissa.js';
import { bestGrid } from './lattice/uniform.js';
import { judgeable, type Window } from './lattice/windows.js';

/** The grid that numbers lie on although their container could hold any. */
export interface Lattice {
  /** A few levels of any spacing, levels at equal distances, floats of 4 or of 8 bits. */
  readonly kind: 'levels' | 'uniform' | 'float4' | 'float8';
  /** Bits that would store one number. */
  readonly bits: number;
}
export interface LatticeFinding {
  /** Null when the numbers are as free as their container, or when too few could be judged. */
  readonly lattice: Lattice | null;
  /** Windows that could be judged; too few of them, and the finding is an abstention. */
  readonly windows: number;
  readonly abstained: boolean;
}

const WIDE = 32;
const NARROW = 16;
const MIN_WINDOWS = 48;
/** Share of all windows that must be judgeable: the rest of a pruned matrix says nothing. */
const MIN_JUDGEABLE = 0.5;
/** A grid is searched for in this many windows, evenly spread: each costs about a millisecond. */
const SEARCHED = 48;
const ALMOST_ALL = 0.99;
/** Mean and lowest tenth. Normal weights off a grid have a mean of 0.57, on one above 0.94; 617 trained matrices stay below. */
const GRID = { mean: 0.9, low: 0.85 };
/** Mean and lowest tenth. Normal weights match to a quarter, floats of 8 bits above 0.99; 617 trained matrices stay below. */
const MANTISSA = { mean: 0.97, low: 0.9 };

/**
 * Whether rows of a matrix were rounded to 8 bits or fewer before they were stored, from windows of 16 and 32 numbers
 * next to each other: every known scheme lets at least 16 share a scale. Works through scales, zero points, codebooks
 * and the rounding of the products to BF16, F16 or F32. Numbers of one group scattered over the row are not seen.
 */
export function findLattice(rows: Float32Array, columns: number): LatticeFinding {
  const wide = judgeable(rows, columns, WIDE);
  const narrow = judgeable(rows, columns, NARROW);
  const possible = Math.floor(columns / WIDE) * Math.floor(rows.length / columns);
  const abstained = wide.length < MIN_WINDOWS || wide.length < MIN_JUDGEABLE * possible;
  return { lattice: abstained ? null : latticeOf(wide, narrow), windows: wide.length, abstained };
}

/** Coarse grids first: every integer up to 16 is also a float of 8 bits, and those nearly fit a grid of 256 steps. */
function latticeOf(wide: readonly Window[], narrow: readonly Window[]): Lattice | null {
  const fourBitFloats = matches(spread(narrow), 1);
  if (fewLevels(narrow, 8) >= ALMOST_ALL) return { kind: 'levels', bits: bitsOf(mostLevels(narrow)) };
  if (fewLevels(wide, 16) >= ALMOST_ALL)
    return { kind: fourBitFloats ? 'float4' : 'levels', bits: bitsOf(mostLevels(wide)) };
  if (fourBitFloats) return { kind: 'float4', bits: 4 };
  const [somewide, someNarrow] = [spread(wide), spread(narrow)];
  const coarse = gridOf(somewide, 8, 34);
  if (coarse) return coarse;
  if (matches(somewide, 3)) return { kind: 'float8', bits: 8 };
  return gridOf(someNarrow, 20, 66) ?? gridOf(somewide, 20, 260);
}

function bitsOf(levels: number): number {
  return Math.ceil(Math.log2(levels));
}

function gridOf(windows: readonly Window[], least: number, most: number): Lattice | null {
  const steps: number[] = [];
  const fits = (window: Window): number => {
    const found = bestGrid(window, least, most);
    steps.push(found.steps);
    return found.fit;
  };
  if (!reach(windows, fits, GRID)) return null;
  steps.sort((a, b) => a - b);
  return { kind: 'uniform', bits: bitsOf(1 + (steps[Math.floor(0.9 * steps.length)] ?? 0)) };
}

function matches(windows: readonly Window[], fractionBits: number): boolean {
  return reach(windows, (window) => shortMantissas(window, fractionBits), MANTISSA);
}

/** Whether mean and lowest tenth of a measure reach their bounds; free numbers are given up after a tenth and one more. */
function reach(
  windows: readonly Window[],
  measure: (window: Window) => number,
  least: { readonly mean: number; readonly low: number },
): boolean {
  const mayMiss = Math.floor(0.1 * windows.length);
  let missed = 0;
  let sum = 0;
  for (const window of windows) {
    const value = measure(window);
    sum += value;
    if (value < least.low && ++missed > mayMiss) return false;
  }
  return windows.length > 0 && sum / windows.length >= least.mean;
}

function spread(windows: readonly Window[]): readonly Window[] {
  const step = Math.max(1, windows.length / SEARCHED);
  return windows.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}
