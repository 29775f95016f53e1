import { AssayError } from '../core/errors.js';

/** Corners of the empirical distribution between two ranks, with its convex minorant and concave majorant. */
interface Envelope {
  /** Ranks where the greatest convex minorant touches. */
  readonly below: readonly number[];
  /** Ranks where the least concave majorant touches. */
  readonly above: readonly number[];
  /** The minorant and the majorant at each rank from `low` on. */
  readonly minorant: Float64Array;
  readonly majorant: Float64Array;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Hartigan's dip: the largest distance between the empirical distribution function and the unimodal distribution
 * function that comes closest to it, in [1/(2n), 1/4].
 *
 * The algorithm of J. A. and P. M. Hartigan 1985, "The Dip Test of Unimodality", Annals of Statistics 13:70, §3:
 * draw the greatest convex minorant and the least concave majorant between two ranks, shrink the interval to where the
 * two are furthest apart, and stop when they are no further apart than what was already paid outside. Written from the
 * paper; the published Fortran (AS 217) had faults in exactly this loop that its 1989–2003 corrections mend. Distances
 * are measured in ranks, so a sample is never less than half a step, 1/(2n), from any continuous distribution; one
 * value and equal values have that dip.
 *
 * Equal to R's diptest 0.76 (fixtures/golden/dip.json), and to a linear programme over all unimodal functions.
 *
 * @throws AssayError `INTERNAL` when there is no value or one is not finite.
 * @example
 * dip([0, 0.1, 0.2, 9.8, 9.9, 10]); // => 0.2449, two clumps
 */
export function dip(values: readonly number[]): number {
  const broken = values.find((value) => !Number.isFinite(value));
  if (values.length === 0 || broken !== undefined) {
    const got = values.length === 0 ? 'none' : `${broken} among ${values.length}`;
    throw new AssayError('INTERNAL', `dip: expected finite values, got ${got}.`);
  }
  return dipOfSorted(Float64Array.from(values).sort());
}

/** As `dip`, of values that are sorted and finite. */
export function dipOfSorted(x: Float64Array): number {
  const n = x.length;
  let interval: Interval = { low: 0, high: n - 1 };
  let paid = 1;
  for (;;) {
    const { low, high } = interval;
    if (x[low] === x[high]) break;
    const envelope = envelopeOf(x, interval);
    const { gap, inner } = widest(envelope, low);
    if (gap <= paid) break;
    paid = Math.max(paid, outside(envelope, interval, inner));
    if (inner.low === low && inner.high === high) break;
    interval = inner;
  }
  return paid / (2 * n);
}

function envelopeOf(x: Float64Array, { low, high }: Interval): Envelope {
  const below = hull(x, low, high, 1);
  const above = hull(x, low, high, -1);
  return {
    // Of equal values the minorant touches the lowest corner and the majorant the highest.
    below: below.filter((rank, i) => at(x, rank) !== x[below[i - 1] ?? -1]),
    above: above.filter((rank, i) => at(x, rank) !== x[above[i + 1] ?? -1]),
    minorant: interpolate(x, below, low, high, 'first'),
    majorant: interpolate(x, above, low, high, 'last'),
  };
}

/** Ranks on the lower (side 1) or upper (side −1) hull of the points (x, rank). */
function hull(x: Float64Array, low: number, high: number, side: 1 | -1): number[] {
  const kept: number[] = [];
  for (let i = low; i <= high; i++) {
    while (kept.length > 1) {
      const a = kept[kept.length - 2] as number;
      const b = kept[kept.length - 1] as number;
      const turn = (at(x, b) - at(x, a)) * (i - a) - (b - a) * (at(x, i) - at(x, a));
      if (side * turn > 0) break;
      kept.pop();
    }
    kept.push(i);
  }
  return kept;
}

/** A hull at every rank; where it is vertical, its `first` or `last` rank stands for all equal values. */
function interpolate(
  x: Float64Array,
  corners: readonly number[],
  low: number,
  high: number,
  vertical: 'first' | 'last',
): Float64Array {
  const out = new Float64Array(high - low + 1);
  const steps = vertical === 'first' ? [...corners.keys()].slice(1).reverse() : [...corners.keys()].slice(1);
  for (const step of steps) {
    const a = corners[step - 1] as number;
    const b = corners[step] as number;
    const width = at(x, b) - at(x, a);
    for (let i = a; i <= b; i++) {
      const along = width === 0 ? (vertical === 'first' ? 0 : 1) : (at(x, i) - at(x, a)) / width;
      out[i - low] = a + (b - a) * along;
    }
  }
  return out;
}

/** Where minorant and majorant are furthest apart, a step of the distribution included, and the interval around it. */
function widest(
  { below, above, minorant, majorant }: Envelope,
  low: number,
): { gap: number; inner: Interval } {
  let gap = 0;
  let inner: Interval = { low, high: low };
  for (const l of above) {
    const apart = l - (minorant[l - low] as number) + 1;
    if (apart > gap) {
      gap = apart;
      inner = { low: below.findLast((g) => g <= l) ?? low, high: l };
    }
  }
  for (const g of below) {
    const apart = (majorant[g - low] as number) - g + 1;
    if (apart > gap) {
      gap = apart;
      inner = { low: g, high: above.find((l) => l >= g) ?? g };
    }
  }
  return { gap, inner };
}

/** Distance of the distribution from the minorant left of the inner interval and from the majorant right of it. */
function outside({ minorant, majorant }: Envelope, { low, high }: Interval, inner: Interval): number {
  let most = 0;
  for (let i = low; i < inner.low; i++) most = Math.max(most, i + 1 - (minorant[i - low] as number));
  for (let i = inner.high + 1; i <= high; i++) most = Math.max(most, (majorant[i - low] as number) - i + 1);
  return most;
}

function at(x: Float64Array, index: number): number {
  return x[index] as number;
}
