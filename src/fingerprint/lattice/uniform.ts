import type { Window } from './windows.js';

/** How well a window fits equidistant levels. */
export interface UniformFit {
  /** Length of the mean phase at the best step, 0 to 1: 1 on a grid, about 0.6 at the best of many steps off it. */
  readonly fit: number;
  /** Steps from the least to the greatest number. */
  readonly steps: number;
}

/** Steps between two tried counts of steps: the phase at the ends is then at most 0.05 of a turn off. */
const RESOLUTION = 0.1;
/** Numbers beyond this many steps from zero are left out: BF16 moves them by up to 1/8 of a step. */
const REACH = 32;
const MIN_NUMBERS = 8;
/** Of all grids that fit nearly as well, the coarsest: half a step fits whatever a step fits. */
const NEARLY = 0.97;

/** The grid of `least` to `most` steps that fits a window best, wherever its zero lies. */
export function bestGrid(window: Window, least: number, most: number): UniformFit {
  const fits = fitsOf(window, least, most);
  const best = fits.reduce((found, fit) => Math.max(found, fit), 0);
  let at = fits.findIndex((fit) => fit >= NEARLY * best);
  while ((fits[at + 1] ?? 0) > (fits[at] ?? 0)) at++;
  return { fit: fits[at] ?? 0, steps: least + at * RESOLUTION };
}

/** Fit at every tried count of steps, by turning each number's phase on from one count to the next. */
function fitsOf({ values, largest }: Window, least: number, most: number): number[] {
  const sorted = Float64Array.from(values, Math.abs).sort();
  const order = Float64Array.from(values).sort((a, b) => Math.abs(a) - Math.abs(b));
  const range =
    order.reduce((top, x) => Math.max(top, x), -largest) -
    order.reduce((low, x) => Math.min(low, x), largest);
  const phase = (steps: number): Float64Array => order.map((value) => (2 * Math.PI * value * steps) / range);
  const [cosine, sine] = [phase(least).map(Math.cos), phase(least).map(Math.sin)];
  const [turnCosine, turnSine] = [phase(RESOLUTION).map(Math.cos), phase(RESOLUTION).map(Math.sin)];
  const fits: number[] = [];
  let near = order.length;
  for (let steps = least; steps <= most; steps += RESOLUTION) {
    const reach = (REACH * range) / steps;
    while (near > 0 && (sorted[near - 1] as number) > reach) near--;
    if (near < MIN_NUMBERS) break;
    let [x, y] = [0, 0];
    for (let i = 0; i < near; i++) {
      const [c, s] = [cosine[i] as number, sine[i] as number];
      x += c;
      y += s;
      cosine[i] = c * (turnCosine[i] as number) - s * (turnSine[i] as number);
      sine[i] = s * (turnCosine[i] as number) + c * (turnSine[i] as number);
    }
    fits.push(Math.hypot(x, y) / near);
  }
  return fits;
}
