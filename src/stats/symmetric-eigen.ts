import { AssayError } from '../core/errors.js';

/** Eigenvalues, unordered, and the eigenvectors as columns of a row-major n × n matrix. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Cyclic Jacobi converges quadratically; real matrices of a few hundred rows take fewer than 12 sweeps. */
const MAX_SWEEPS = 40;

/**
 * Eigendecomposition of a symmetric row-major n × n matrix by cyclic Jacobi rotations (Golub and Van Loan, 4th ed.,
 * §8.5). Off-diagonal mass ends below 1e-14 of the norm. O(n³) per sweep: meant for n up to a few hundred.
 *
 * @throws AssayError `INTERNAL` when the matrix is not n × n or holds a number that is not finite.
 * @example
 * symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values; // => Float64Array [1, 3]
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  if (matrix.length !== n * n || !matrix.every(Number.isFinite)) {
    throw new AssayError('INTERNAL', `symmetricEigen: expected ${n} × ${n} finite numbers.`);
  }
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const norm = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(a, n) > 1e-28 * norm; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number), vectors };
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) sum += 2 * (a[i * n + j] as number) ** 2;
  return sum;
}

function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q] as number;
  if (off === 0) return;
  const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q, c, s);
}

function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = m[i] as number;
  const y = m[j] as number;
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}
