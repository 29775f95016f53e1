import type { WeightMatrix } from '../../core/types.js';
import { dot, rowOf } from './linear.js';
import { packNibbles } from './pack.js';
import type { MatrixReader } from './reader.js';
import { type AnchorSpace, scale } from './space.js';
import type { BlockEvidence, NeuronView } from './types.js';

/** Matrices of one MLP; without a gate in GPT-2's and BERT's form. */
export interface Mlp {
  readonly gate: WeightMatrix | null;
  readonly up: WeightMatrix;
  readonly down: WeightMatrix;
  /** Gains of the norm before the MLP and of one after it. */
  readonly before: Float32Array | null;
  readonly after: Float32Array | null;
  /** Some matrix is stored the other way round, so that single rows cost as much as all. */
  readonly scattered: boolean;
}

type Described = Pick<BlockEvidence, 'width' | 'neurons' | 'views'>;

/**
 * Describe the neurons with the largest product of weight norms by their inner products with the anchors, less the mean
 * over all neurons. Norms and inner products do not change when neurons trade places, the residual stream is rotated
 * or a factor moves from one side of a neuron to the other, so both models of a pair choose mostly the same neurons.
 */
export async function describeNeurons(
  reader: MatrixReader,
  mlp: Mlp,
  space: AnchorSpace,
  count: number,
): Promise<Described> {
  const width = mlp.up.rows;
  const inputs = [mlp.gate, mlp.up].flatMap((matrix) => (matrix ? [matrix] : []));
  const strength = new Float64Array(width);
  const means: Float64Array[] = [];
  for (const matrix of inputs) means.push(await inputNorms(reader, matrix, mlp.before, strength));
  const downMean = await outputNorms(reader, mlp, strength);
  const neurons = [...strength.keys()]
    .sort((a, b) => (strength[b] as number) - (strength[a] as number) || a - b)
    .slice(0, count);
  const reading = Float64Array.from(space.reading);
  scale(reading, mlp.before, space.hidden);
  const views: Partial<Record<NeuronView, string>> = {};
  for (const [i, matrix] of inputs.entries()) {
    const seen = await fromInputs(reader, matrix, means[i] as Float64Array, neurons, { reading, space, mlp });
    views[matrix === mlp.gate ? 'gate' : 'up'] = packNibbles(seen, space.count);
  }
  views.down = packNibbles(await fromOutputs(reader, mlp, downMean, neurons, space), space.count);
  return { width, neurons, views };
}

/** Adds the log norm of each row to `strength`; returns the mean row. */
async function inputNorms(
  reader: MatrixReader,
  matrix: WeightMatrix,
  gains: Float32Array | null,
  strength: Float64Array,
): Promise<Float64Array> {
  const mean = new Float64Array(matrix.columns);
  await reader.eachRow(matrix, (row, values) => {
    let sum = 0;
    for (let k = 0; k < values.length; k++) {
      const value = values[k] as number;
      mean[k] = (mean[k] as number) + value;
      sum += (value * (gains?.[k] ?? 1)) ** 2;
    }
    strength[row] = (strength[row] as number) + Math.log(sum + Number.MIN_VALUE);
  });
  return mean.map((sum) => sum / matrix.rows);
}

async function outputNorms(
  reader: MatrixReader,
  { down, after }: Mlp,
  strength: Float64Array,
): Promise<Float64Array> {
  const mean = new Float64Array(down.rows);
  const squares = new Float64Array(down.columns);
  await reader.eachRow(down, (row, values) => {
    const gain = after?.[row] ?? 1;
    let sum = 0;
    for (let j = 0; j < values.length; j++) {
      const value = (values[j] as number) * gain;
      sum += value;
      squares[j] = (squares[j] as number) + value * value;
    }
    mean[row] = sum / down.columns;
  });
  for (let j = 0; j < strength.length; j++)
    strength[j] = (strength[j] as number) + Math.log((squares[j] ?? 0) + Number.MIN_VALUE);
  return mean;
}

async function fromInputs(
  reader: MatrixReader,
  matrix: WeightMatrix,
  mean: Float64Array,
  neurons: readonly number[],
  { reading, space, mlp }: { reading: Float64Array; space: AnchorSpace; mlp: Mlp },
): Promise<Float64Array> {
  const seen = new Float64Array(neurons.length * space.count);
  const describe = (slot: number, values: Float32Array): void => {
    const centred = Float64Array.from(values, (value, k) => value - (mean[k] as number));
    for (let t = 0; t < space.count; t++)
      seen[slot * space.count + t] = dot(centred, rowOf(reading, t, space.hidden));
  };
  if (mlp.scattered) {
    const slots = new Map(neurons.map((neuron, slot) => [neuron, slot]));
    await reader.eachRow(matrix, (row, values) => {
      const slot = slots.get(row);
      if (slot !== undefined) describe(slot, values);
    });
  } else {
    for (const [slot, neuron] of neurons.entries()) describe(slot, await reader.rows(matrix, neuron, 1));
  }
  return seen;
}

async function fromOutputs(
  reader: MatrixReader,
  { down, after }: Mlp,
  mean: Float64Array,
  neurons: readonly number[],
  { count, writing, hidden }: AnchorSpace,
): Promise<Float64Array> {
  const seen = new Float64Array(neurons.length * count);
  await reader.eachRow(down, (row, values) => {
    const gain = after?.[row] ?? 1;
    for (const [slot, neuron] of neurons.entries()) {
      const value = (values[neuron] as number) * gain - (mean[row] as number);
      for (let t = 0; t < count; t++) {
        const at = slot * count + t;
        seen[at] = (seen[at] as number) + value * (writing[t * hidden + row] as number);
      }
    }
  });
  return seen;
}
