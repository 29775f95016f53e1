import type { MatrixId, WeightMatrix, WeightsCapability } from '../../core/types.js';

/** Numbers read at once. */
const BLOCK = 4 * 2 ** 20;

/** Reads matrices in bounded pieces; what is not finite becomes 0 and is counted, so that nothing else need care. */
export class MatrixReader {
  nonFinite = 0;
  /** Numbers decoded so far. */
  numbers = 0;

  constructor(
    private readonly weights: WeightsCapability,
    private readonly signal: AbortSignal | undefined,
  ) {}

  matrix(id: MatrixId): Promise<WeightMatrix | null> {
    return this.weights.matrix(id);
  }

  /** The vector of a norm, or null. */
  async vector(id: MatrixId): Promise<Float32Array | null> {
    const found = await this.matrix(id);
    return found === null ? null : this.rows(found, 0, found.rows);
  }

  async rows(matrix: WeightMatrix, from: number, count: number): Promise<Float32Array> {
    this.signal?.throwIfAborted();
    const values = await matrix.read(from, count);
    this.numbers += values.length;
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue;
      values[i] = 0;
      this.nonFinite++;
    }
    return values;
  }

  /** Every row once, in order: `visit(row number, its values)`. The values are only valid during the call. */
  async eachRow(matrix: WeightMatrix, visit: (row: number, values: Float32Array) => void): Promise<void> {
    const { rows, columns } = matrix;
    const step = Math.max(1, Math.floor(BLOCK / Math.max(1, columns)));
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from);
      const block = await this.rows(matrix, from, count);
      for (let i = 0; i < count; i++) visit(from + i, block.subarray(i * columns, (i + 1) * columns));
    }
  }
}
