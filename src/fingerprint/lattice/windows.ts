/** Numbers next to each other in one row. */
export interface Window {
  /** Other than zero. */
  readonly values: Float32Array;
  readonly largest: number;
  /** Different numbers, zero included. */
  readonly levels: number;
}

/**
 * Below this, binary16 is itself a coarse grid: its subnormals are multiples of 2^-24, and a window of them would look
 * quantized whatever it holds.
 */
const SMALLEST = 2 ** -14;
/** Share of a window that must not be zero: pruned weights leave too few numbers to say anything. */
const FILLED = 0.4;

/**
 * Windows of `length` numbers that can be judged, from rows that lie one after the other. Left out are windows with
 * numbers that are not finite, with too many zeros, of one number repeated, and of tiny numbers.
 */
export function judgeable(rows: Float32Array, columns: number, length: number): Window[] {
  const windows: Window[] = [];
  for (let row = 0; row + columns <= rows.length; row += columns)
    for (let from = row; from + length <= row + columns; from += length) {
      const window = windowOf(rows.subarray(from, from + length));
      if (window) windows.push(window);
    }
  return windows;
}

function windowOf(numbers: Float32Array): Window | null {
  let filled = 0;
  let largest = 0;
  let constant = true;
  for (const value of numbers) {
    const magnitude = Math.abs(value);
    if (!Number.isFinite(value)) return null;
    if (magnitude > 0) filled++;
    if (magnitude > largest) largest = magnitude;
    if (value !== numbers[0]) constant = false;
  }
  if (constant || largest < SMALLEST || filled < FILLED * numbers.length) return null;
  const values = numbers.filter((value) => value !== 0);
  return { values, largest, levels: new Set(numbers).size };
}
