/**
 * Centred kernel alignment of two symmetric n × n Gram matrices, with the U-centring that makes it unbiased under
 * independence (Székely and Rizzo 2014, eq. 3.1; Kornblith et al. 2019): about 0 for unrelated ones, 1 for equal ones up
 * to scale. Diagonals are ignored. NaN when a centred matrix is all zero; needs n ≥ 4.
 *
 * @example
 * unbiasedCka(gram, gram, 64); // => 1
 */
export function unbiasedCka(a: Float64Array, b: Float64Array, n: number): number {
  const x = uCentred(a, n);
  const y = uCentred(b, n);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

/** Row sums and the sum of what is left are zero off a zero diagonal. */
export function uCentred(gram: Float64Array, n: number): Float64Array {
  const out = Float64Array.from(gram);
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    out[i * n + i] = 0;
    for (let j = 0; j < n; j++) means[i] = (means[i] as number) + (out[i * n + j] as number) / (n - 2);
  }
  const grand = means.reduce((sum, value) => sum + value, 0) / (2 * (n - 1));
  for (let i = 0; i < n; i++) means[i] = (means[i] as number) - grand;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i !== j) out[i * n + j] = (out[i * n + j] as number) - (means[i] as number) - (means[j] as number);
    }
  }
  return out;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}
