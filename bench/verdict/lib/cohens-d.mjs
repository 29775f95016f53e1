/** Difference of means in pooled standard deviations (Cohen 1988); NaN below two values a side, infinite where neither side varies. */
export function cohensD(low, high) {
  if (low.length < 2 || high.length < 2) return Number.NaN;
  const [a, b] = [moments(low), moments(high)];
  const difference = b.mean - a.mean;
  return difference === 0
    ? 0
    : difference / Math.sqrt((a.squares + b.squares) / (low.length + high.length - 2));
}

function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}
