/** Terms of the limiting series; the next one is below 1e-17 from λ = 0.3 on. */
const TERMS = 30;
/** Below this the limiting distribution has P(K > λ) = 1 to 1e-16. */
const CERTAIN_BELOW = 0.18;

/**
 * P(K > λ) of Kolmogorov's limiting distribution of √n·D.
 * Source: Kolmogorov 1933; the form for small λ is its theta-function transform.
 * @example kolmogorovUpperTail(1.36); // => 0.04948587…
 */
export function kolmogorovUpperTail(lambda: number): number {
  if (lambda < CERTAIN_BELOW) return 1;
  let sum = 0;
  if (lambda < 1) {
    const rate = -(Math.PI ** 2) / (8 * lambda ** 2);
    for (let k = 1; k <= TERMS; k++) sum += Math.exp((2 * k - 1) ** 2 * rate);
    return 1 - (Math.sqrt(2 * Math.PI) / lambda) * sum;
  }
  for (let k = 1; k <= TERMS; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return sum;
}
