const STEPS = [1, 2, 5, 10] as const;

/** Round step that divides `span` into at most `count` intervals. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  return (STEPS.find((step) => step * power >= rough * 0.999999) ?? 10) * power;
}

/** Round values from `low` to `high`, both inside the range. */
export function niceTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low];
  const step = niceStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Coordinates with a tenth of a unit: enough for a screen, short in a file. */
export function coordinate(value: number): number {
  return Math.round(value * 10) / 10;
}
