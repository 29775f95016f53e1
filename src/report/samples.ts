/** The finite values, ascending: `null` stands for non-finite ones in a report read from JSON. */
export function finiteSorted(values: readonly number[]): readonly number[] {
  return values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
}

/** Linear interpolation between order statistics (R type 7); `sorted` is ascending. */
export function quantile(sorted: readonly number[], p: number): number {
  const position = (sorted.length - 1) * p;
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const POINTS = [
  ['min', 0],
  ['p5', 0.05],
  ['p25', 0.25],
  ['p50', 0.5],
  ['p75', 0.75],
  ['p95', 0.95],
  ['p99', 0.99],
  ['max', 1],
] as const;

/** The order statistics every format shows for a distribution. */
export function percentiles(
  sorted: readonly number[],
): readonly { readonly name: string; readonly value: number }[] {
  return POINTS.map(([name, p]) => ({ name, value: quantile(sorted, p) }));
}
