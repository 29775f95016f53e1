import type { Architecture, ModelStructure, Uncounted, WeightTensor } from '../../core/types.js';
import type { PlacedTensor } from './tensors.js';

/** Share of all matrix elements a type must hold before it says how the weights are stored. */
const NARROW_SHARE = 0.1;
const FLOATS = new Set(['FLOAT', 'FLOAT16', 'BFLOAT16', 'DOUBLE']);
/** Causal masks and positions that older checkpoints keep as tensors. */
const BUFFER = /(^|\.)(attn\.(bias|masked_bias)|attention\.(bias|masked_bias)|position_ids)$/;

export type Storage = Pick<Architecture, 'parameters' | 'weightBits' | 'weightTypes' | 'uncounted'>;

/** What the numbers of a model are stored as, and how many there are. */
export function storage(
  { tensors, format }: ModelStructure,
  placed: readonly PlacedTensor[],
  repeatedHead: boolean,
): Storage {
  const types = matrixTypes(tensors);
  if (format === 'onnx') return { ...types, parameters: shapes(graphNumbers(tensors)), uncounted: {} };
  const uncounted: Partial<Record<Uncounted, number>> = {};
  let parameters = 0;
  tensors.forEach((tensor, index) => {
    const numbers = elements(tensor.dims);
    const reason = reasonToLeaveOut(tensor, placed[index], repeatedHead);
    if (reason === undefined) parameters += numbers;
    else uncounted[reason] = (uncounted[reason] ?? 0) + numbers;
    const scales = scalesOf(tensor);
    if (scales > 0) uncounted.scales = (uncounted.scales ?? 0) + scales;
  });
  return { ...types, parameters: shapes(parameters), uncounted };
}

/** Why the numbers of a tensor are no parameters of the main model; undefined when they are. */
export function reasonToLeaveOut(
  tensor: WeightTensor,
  placed: PlacedTensor | undefined,
  repeatedHead: boolean,
): Uncounted | undefined {
  if (placed?.role === 'rotary') return 'rotary';
  if (placed?.role === 'predictor') return 'predictor';
  if (placed?.role === 'head' && repeatedHead) return 'repeated-head';
  return isBuffer(tensor) ? 'buffers' : undefined;
}

function isBuffer({ name, type, quantization }: WeightTensor): boolean {
  return BUFFER.test(name) || (quantization === undefined && !isFloat(type));
}

function shapes(value: number): Architecture['parameters'] {
  return value > 0 && Number.isSafeInteger(value) ? { value, from: 'shapes' } : null;
}

export function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Scales that are tensors of their own: one per tile of FP8, or one for the whole matrix. */
function scalesOf({ dims, quantization }: WeightTensor): number {
  if (quantization?.method !== 'fp8') return 0;
  const [rows = 1, columns = 1] = dims.slice(-2);
  const stack = elements(dims.slice(0, -2));
  const { group } = quantization;
  if (group === null) return stack;
  const [height, width] = typeof group === 'number' ? [1, group] : group;
  return stack * Math.ceil(rows / height) * Math.ceil(columns / width);
}

function matrixTypes(tensors: readonly WeightTensor[]): Pick<Storage, 'weightBits' | 'weightTypes'> {
  const types: Record<string, number> = {};
  const bits = new Map<number, number>();
  let all = 0;
  for (const tensor of tensors) {
    if (!isMatrix(tensor.dims) || !isWeightType(tensor)) continue;
    const numbers = elements(tensor.dims);
    types[tensor.type] = (types[tensor.type] ?? 0) + numbers;
    bits.set(tensor.bits, (bits.get(tensor.bits) ?? 0) + numbers);
    all += numbers;
  }
  const narrow = [...bits].filter(([width, numbers]) => width > 0 && numbers >= NARROW_SHARE * all);
  return {
    weightBits:
      narrow.length > 0 ? { value: Math.min(...narrow.map(([width]) => width)), from: 'shapes' } : null,
    weightTypes: types,
  };
}

/** Numbers of matrices and vectors; an exporter's masks and lookup tables are none. */
function graphNumbers(tensors: readonly WeightTensor[]): number {
  return tensors
    .filter((tensor) => {
      const matrix = isMatrix(tensor.dims) && isWeightType(tensor);
      return matrix || (tensor.dims.length === 1 && elements(tensor.dims) > 1 && FLOATS.has(tensor.type));
    })
    .reduce((sum, { dims }) => sum + elements(dims), 0);
}

/** Matrices, stacks of expert matrices and convolutions; masks with leading ones and vectors kept as rows are none. */
function isMatrix(dims: readonly number[]): boolean {
  return dims.length >= 2 && (dims[0] ?? 0) > 1 && dims.filter((dim) => dim > 1).length >= 2;
}

function isFloat(type: string): boolean {
  return FLOATS.has(type) || /^B?F\d/.test(type);
}

function isWeightType({ type, quantization }: WeightTensor): boolean {
  return quantization !== undefined || isFloat(type) || /^(U?INT[248]|FLOAT[48].*)$/.test(type);
}
