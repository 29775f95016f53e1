import { symmetricEigen } from '../../stats/symmetric-eigen.js';

/** Eigenvalues below this share of the largest are noise of the embedding, not directions. */
const FLOOR = 1e-6;

/** Power of a symmetric positive semidefinite n × n matrix, row-major. */
export function symmetricPower(matrix: Float64Array, n: number, power: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const floor = FLOOR * values.reduce((most, value) => Math.max(most, value), 0);
  const out = new Float64Array(n * n);
  if (floor <= 0) return out;
  for (let k = 0; k < n; k++) {
    const scale = Math.max(values[k] as number, floor) ** power;
    for (let i = 0; i < n; i++) {
      const left = scale * (vectors[i * n + k] as number);
      for (let j = 0; j < n; j++)
        out[i * n + j] = (out[i * n + j] as number) + left * (vectors[j * n + k] as number);
    }
  }
  return out;
}

/** s m s for symmetric n × n matrices, row-major. */
export function sandwich(s: Float64Array, m: Float64Array, n: number): Float64Array {
  return product(product(s, m, n), s, n);
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const left = a[i * n + k] as number;
      for (let j = 0; j < n; j++)
        out[i * n + j] = (out[i * n + j] as number) + left * (b[k * n + j] as number);
    }
  }
  return out;
}

/** Upper triangle with the diagonal, row by row. */
export function upperTriangle(matrix: Float64Array, n: number): Float64Array {
  const out: number[] = [];
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) out.push(matrix[i * n + j] as number);
  return Float64Array.from(out);
}

/** Inverse of upperTriangle. */
export function symmetric(triangle: ArrayLike<number>, n: number): Float64Array {
  const out = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const value = triangle[at++] as number;
      out[i * n + j] = value;
      out[j * n + i] = value;
    }
  }
  return out;
}

export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** Rows of a flat matrix. */
export function rowOf(matrix: Float64Array, row: number, width: number): Float64Array {
  return matrix.subarray(row * width, (row + 1) * width);
}
