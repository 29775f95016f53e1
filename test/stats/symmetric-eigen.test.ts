import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { symmetricEigen } from '../../src/stats/symmetric-eigen.js';
import { golden } from './lineage-golden.js';

describe('symmetricEigen', () => {
  it.each(golden.matrices)('finds the eigenvalues numpy finds, n = $n', ({ n, a, eigenvalues }) => {
    const found = [...symmetricEigen(Float64Array.from(a), n).values].sort((x, y) => x - y);
    const scale = Math.max(...eigenvalues);
    for (const [i, value] of found.entries())
      expect(Math.abs(value - (eigenvalues[i] ?? Number.NaN))).toBeLessThan(1e-13 * scale);
  });

  it('puts a matrix together again from orthonormal vectors', () => {
    const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 21, maxLength: 21 });
    fc.assert(
      fc.property(numbers, (triangle) => {
        const n = 6;
        const matrix = new Float64Array(n * n);
        let at = 0;
        for (let i = 0; i < n; i++)
          for (let j = i; j < n; j++) matrix[i * n + j] = matrix[j * n + i] = triangle[at++] ?? 0;
        const { values, vectors } = symmetricEigen(matrix, n);
        return matrix.every((value, index) => {
          const [i, j] = [Math.floor(index / n), index % n];
          let sum = 0;
          for (let k = 0; k < n; k++)
            sum += (values[k] ?? 0) * (vectors[i * n + k] ?? 0) * (vectors[j * n + k] ?? 0);
          return Math.abs(sum - value) < 1e-12;
        });
      }),
    );
  });

  it('refuses what is not n × n or not finite', () => {
    for (const values of [
      [1, 2],
      [1, Number.NaN, 2, 3],
    ]) {
      const thrown = expect(() => symmetricEigen(Float64Array.from(values), 2));
      thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
    }
  });
});
