import { AssayError } from '../core/errors.js';
import { kolmogorovUpperTail } from './kolmogorov.js';

/** A distance between distribution functions, and how often chance alone exceeds it. */
export interface KolmogorovSmirnov {
  readonly statistic: number;
  readonly p: number;
}

/** Up to here the exact distribution costs less than 0.1 s; beyond, the limit is exact to 1e-4. */
const EXACT_UP_TO = 2_000;
/** n·D² from which twice the one-sided bound is exact to double precision. */
const FAR_TAIL = 18;

/**
 * One-sample Kolmogorov–Smirnov test of values in [0, 1] against the uniform distribution, two-sided.
 * Source: exact distribution by Marsaglia, Tsang and Wang 2003 (J. Stat. Softw. 8:18), up to 2,000 values; the limit
 * with the correction of Stephens 1970 (JRSS B 32:115) beyond. p agrees with scipy.stats.kstest(method="exact") to 1e-9.
 *
 * @throws AssayError `INTERNAL` when there is no value or one is outside of [0, 1].
 * @example ksUniform([0.1, 0.5, 0.9]).statistic; // => 0.2333…
 */
export function ksUniform(values: readonly number[]): KolmogorovSmirnov {
  if (values.length === 0 || values.some((value) => !(value >= 0 && value <= 1))) {
    throw new AssayError('INTERNAL', 'ksUniform: expected at least one value, all in [0, 1].');
  }
  const n = values.length;
  const sorted = values.toSorted((a, b) => a - b);
  const statistic = Math.max(...sorted.map((value, i) => Math.max((i + 1) / n - value, value - i / n)));
  return { statistic, p: upperTail(n, statistic) };
}

function upperTail(n: number, d: number): number {
  const root = Math.sqrt(n);
  if (n * d * d > FAR_TAIL) return Math.min(1, 2 * Math.exp(-2 * n * d * d));
  if (n > EXACT_UP_TO) return kolmogorovUpperTail((root + 0.12 + 0.11 / root) * d);
  return Math.min(1, Math.max(0, 1 - exactCdf(n, d)));
}

/** n!/nⁿ·(Hⁿ)[k−1][k−1], with H of 2k − 1 rows; powers are scaled so that nothing overflows. */
function exactCdf(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  let power: Scaled = { matrix: stepMatrix(k, k - n * d), exponent: 0 };
  let product: Scaled | undefined;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) product = product ? multiply(product, power, size) : power;
    if (left > 1) power = multiply(power, power, size);
  }
  if (product === undefined) return 1;
  let value = product.matrix[(k - 1) * size + k - 1] as number;
  let { exponent } = product;
  for (let i = 1; i <= n; i++) {
    value = (value * i) / n;
    if (value < SMALL) {
      value *= LARGE;
      exponent -= DIGITS;
    }
  }
  return value * 10 ** exponent;
}

/** A matrix times 10 to a power. */
interface Scaled {
  readonly matrix: Float64Array;
  readonly exponent: number;
}
const DIGITS = 140;
const LARGE = 1e140;
const SMALL = 1e-140;

function stepMatrix(k: number, h: number): Float64Array {
  const size = 2 * k - 1;
  const at = (row: number, column: number): number => row * size + column;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[at(i, j)] = i - j + 1 >= 0 ? 1 : 0;
  for (let i = 0; i < size; i++) {
    matrix[at(i, 0)] = (matrix[at(i, 0)] as number) - h ** (i + 1);
    matrix[at(size - 1, i)] = (matrix[at(size - 1, i)] as number) - h ** (size - i);
  }
  if (2 * h - 1 > 0) matrix[at(size - 1, 0)] = (matrix[at(size - 1, 0)] as number) + (2 * h - 1) ** size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let g = 1; g <= i - j + 1; g++) matrix[at(i, j)] = (matrix[at(i, j)] as number) / g;
    }
  }
  return matrix;
}

function multiply(a: Scaled, b: Scaled, size: number): Scaled {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a.matrix[i * size + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++)
        out[i * size + j] = (out[i * size + j] as number) + factor * (b.matrix[k * size + j] as number);
    }
  }
  const exponent = a.exponent + b.exponent;
  const centre = out[((size - 1) / 2) * size + (size - 1) / 2] as number;
  return centre > LARGE
    ? { matrix: out.map((value) => value * SMALL), exponent: exponent + DIGITS }
    : { matrix: out, exponent };
}
