import type { MatrixId, Role } from '../../core/types.js';
import { packHalf } from './pack.js';
import { layerOrder, ROW_LAYERS, runsOf } from './plan.js';
import type { MatrixReader } from './reader.js';
import type { RowEvidence } from './types.js';

const SAMPLED: readonly Role[] = ['query', 'key', 'value', 'query-key-value', 'output', 'gate', 'up', 'down'];
const RUN = 128;
const RUNS = 2;
const EMBEDDING_RUNS = 16;

/** Weights as they are, at places that follow from role and shape: two samples of one layout hold the same weights. */
export async function sampleRows(
  reader: MatrixReader,
  layers: number,
  experts: (layer: number) => number | 'shared' | null,
): Promise<RowEvidence[]> {
  const out = await sampleMatrix(reader, { role: 'embedding' }, EMBEDDING_RUNS);
  for (const layer of layerOrder(layers).slice(0, ROW_LAYERS)) {
    for (const role of SAMPLED) {
      const expert = role === 'gate' || role === 'up' || role === 'down' ? experts(layer) : null;
      out.push(
        ...(await sampleMatrix(reader, { role, layer, ...(expert === null ? {} : { expert }) }, RUNS)),
      );
    }
  }
  return out;
}

async function sampleMatrix(reader: MatrixReader, id: MatrixId, runs: number): Promise<RowEvidence[]> {
  const matrix = await reader.matrix(id);
  if (matrix === null || matrix.rows === 0 || matrix.columns === 0) return [];
  const { rows, columns } = matrix;
  const run = Math.min(RUN, columns);
  const values = new Float32Array(runs * run);
  for (const [i, { row, column }] of runsOf(id.role, rows, columns, runs, run).entries()) {
    const whole = await reader.rows(matrix, row, 1);
    values.set(whole.subarray(column, column + run), i * run);
  }
  const { role, layer = null, expert = null } = id;
  return [{ role, layer, expert, rows, columns, run, values: packHalf(values) }];
}
