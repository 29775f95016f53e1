import type { Window } from './windows.js';

/**
 * Share of windows with so few different numbers that they were picked from at most `levels`. Rounding of scale times
 * number does not matter: equal numbers stay equal. Of continuous weights in BF16, 32 in one window repeat 1 or 2 times.
 */
export function fewLevels(windows: readonly Window[], levels: number): number {
  const few = windows.filter((each) => {
    const different = new Set(each.values).size;
    return each.levels <= levels && different <= MOST_DIFFERENT * each.values.length;
  });
  return few.length / windows.length;
}

/** Different numbers in the window that has most of them. */
export function mostLevels(windows: readonly Window[]): number {
  return windows.reduce((most, { levels }) => Math.max(most, levels), 0);
}

/**
 * Even if all weights of a window had one sign and one binade, 32 numbers of 8 significant bits would differ in 0.89 of
 * them on average.
 */
const MOST_DIFFERENT = 0.75;
