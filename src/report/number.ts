function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

function exponential(value: number, digits: number): string {
  return value.toExponential(digits).replace('e+', 'e');
}

/** Four significant digits, thousands grouped, the same text on every machine; `n/a` when not finite. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return exponential(value, 2);
  if (Number.isInteger(value) || size >= 1e4) {
    return `${value < 0 ? '-' : ''}${grouped(String(Math.round(size)))}`;
  }
  return String(Number(value.toPrecision(4)));
}

/** A probability as a percentage; only 0 and 1 themselves are shown as 0 % and 100 %. */
export function formatPercent(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  if (value > 0 && value < 0.001) return '<0.1 %';
  if (value > 0.999 && value < 1) return '>99.9 %';
  return `${String(Number((value * 100).toFixed(1)))} %`;
}

/** A ratio over many orders of magnitude. */
export function formatFactor(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  return value >= 1e6 || (value > 0 && value < 1e-3) ? exponential(value, 1) : formatNumber(value);
}

/** Canonical JSON writes minus infinity as null, so a key without a finite number is an impossible variant. */
export function formatLogLikelihood(value: number | undefined): string {
  if (value === undefined) return '–';
  if (!Number.isFinite(value)) return '-inf';
  return Math.abs(value) < 1e4 ? value.toFixed(2) : formatNumber(value);
}
