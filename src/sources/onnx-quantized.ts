import type { Quantization } from '../core/types.js';
import { dataType } from '../formats/onnx/data-types.js';
import type { OnnxNode, OnnxTensor } from '../formats/onnx/types.js';
import { type GraphIndex, weightBehind } from '../tap/graph-index.js';

/** Which numbers share a scale: all of them, those at one place of an axis, or runs along an axis. */
export interface ScaleLayout {
  /** Null for one scale in all. */
  readonly axis: number | null;
  /** Length of a run along the axis; 1 where every place has its own scale. */
  readonly run: number;
}

/** A weight that a graph stores as integers, and what turns them into numbers again. */
export interface OnnxQuantized {
  readonly quantization: Quantization;
  readonly dims: readonly number[];
  readonly scale?: OnnxTensor | undefined;
  readonly zero?: OnnxTensor | undefined;
  /** What stands for zero where no zero points are stored. */
  readonly middle: number;
  /** Undefined where the numbers cannot be decoded. */
  readonly layout?: ScaleLayout;
}

/** Inputs that hold weight, scale and zero point; operators of ONNX and of ONNX Runtime's com.microsoft. */
const INPUTS: Readonly<
  Record<string, { readonly method: string; readonly at: readonly [number, number, number] }>
> = {
  QLinearMatMul: { method: 'QLinearMatMul', at: [3, 4, 5] },
  QGemm: { method: 'QLinearMatMul', at: [3, 4, 5] },
  DynamicQuantizeMatMul: { method: 'dynamic-int8', at: [1, 2, 3] },
  MatMulIntegerToFloat: { method: 'dynamic-int8', at: [1, 3, 5] },
  QAttention: { method: 'dynamic-int8', at: [1, 4, 7] },
};
/** Steps from an integer product to the multiplication with its scales. */
const MAX_HOPS = 4;

/** Quantized weights of a graph by the name of the tensor that holds their numbers. */
export function quantizedWeights(index: GraphIndex): ReadonlyMap<string, OnnxQuantized> {
  const found = new Map<string, OnnxQuantized>();
  const keep = (name: string | undefined, weight: OnnxQuantized | undefined): void => {
    if (name && weight && !found.has(name)) found.set(name, weight);
  };
  for (const node of index.nodes) {
    const constant = (input: number): OnnxTensor | undefined => index.constants.get(node.inputs[input] ?? '');
    const known = INPUTS[node.opType];
    if (known) {
      const [weight, scale, zero] = known.at.map(constant);
      if (weight) keep(weight.name, byColumn(weight, known.method, scale, zero));
    }
    switch (node.opType) {
      case 'MatMulNBits':
        keep(node.inputs[1], matMulNBits(node, constant));
        break;
      case 'MatMulBnb4':
        keep(node.inputs[1], matMulBnb4(node));
        break;
      case 'GatherBlockQuantized':
        keep(node.inputs[0], gatherBlocks(node, constant));
        break;
      case 'DequantizeLinear':
        keepDequantized(index, node, keep);
        break;
      case 'MatMulInteger':
        keep(node.inputs[1], dynamic(index, node, constant));
        break;
      case 'QMoE':
        for (const name of node.inputs) keep(name, experts(index.constants.get(name), node));
    }
  }
  return found;
}

type Constant = (input: number) => OnnxTensor | undefined;

const integer = ({ attributes }: OnnxNode, name: string, otherwise = 0): number =>
  attributes.get(name)?.int ?? otherwise;

function matMulNBits(node: OnnxNode, constant: Constant): OnnxQuantized | undefined {
  const [rows, columns] = [integer(node, 'N'), integer(node, 'K')];
  const bits = integer(node, 'bits', 4) || 4;
  const group = integer(node, 'block_size');
  if (!constant(1) || rows <= 0 || columns <= 0 || group <= 0) return undefined;
  // Inputs reordered by a g_idx of their own are rare, and are named without being decoded.
  const layout = constant(4) ? {} : { layout: { axis: 1, run: group } };
  return {
    quantization: { method: 'MatMulNBits', bits, group },
    dims: [rows, columns],
    scale: constant(2),
    zero: constant(3),
    middle: 2 ** (bits - 1),
    ...layout,
  };
}

function matMulBnb4(node: OnnxNode): OnnxQuantized | undefined {
  const dims = [integer(node, 'N'), integer(node, 'K')];
  if (dims.some((dim) => dim <= 0)) return undefined;
  const group = integer(node, 'block_size') || null;
  return { quantization: { method: 'MatMulBnb4', bits: 4, group }, dims, middle: 0 };
}

function gatherBlocks(node: OnnxNode, constant: Constant): OnnxQuantized | undefined {
  const weight = constant(0);
  if (!weight) return undefined;
  const bits = integer(node, 'bits', 4) || 4;
  const stored = dataType(weight.dataType)?.bits ?? 8;
  const dims = unpacked(weight.dims, stored, bits);
  const axis = integer(node, 'quantize_axis', 1);
  const run = integer(node, 'block_size', 128);
  return {
    quantization: { method: 'GatherBlockQuantized', bits: Math.min(bits, stored), group: run || null },
    dims,
    scale: constant(2),
    zero: constant(3),
    middle: stored > bits ? 2 ** (bits - 1) : 0,
    ...(run > 0 && axis >= 0 && axis < dims.length ? { layout: { axis, run } } : {}),
  };
}

function experts(weight: OnnxTensor | undefined, node: OnnxNode): OnnxQuantized | undefined {
  if (weight?.dims.length !== 3 || !/^U?INT/.test(dataType(weight.dataType)?.name ?? '')) return undefined;
  const bits = integer(node, 'expert_weight_bits', 4) || 4;
  const group = integer(node, 'block_size') || null;
  const dims = unpacked(weight.dims, dataType(weight.dataType)?.bits ?? 8, bits);
  return { quantization: { method: 'QMoE', bits, group }, dims, middle: 0 };
}

/** Rows of bytes hold 8 / bits numbers each; types below 8 bits already count numbers. */
function unpacked(dims: readonly number[], stored: number, bits: number): number[] {
  const times = stored > bits ? stored / bits : 1;
  return dims.map((dim, axis) => (axis === dims.length - 1 ? dim * times : dim));
}

/** The weight of a DequantizeLinear, straight or behind the Gather that looks rows up in it. */
function keepDequantized(
  index: GraphIndex,
  node: OnnxNode,
  keep: (name: string, weight: OnnxQuantized | undefined) => void,
): void {
  const [input = '', ...parameters] = node.inputs;
  const maker = index.makers.get(input);
  const gathered = maker?.opType === 'Gather' ? maker.inputs[0] : undefined;
  const weight = index.constants.get(gathered ?? input) ?? weightBehind(index, input)?.tensor;
  const [scale, zero] = parameters.map((name) => index.constants.get(name));
  if (!weight || weight.dims.length < 2 || !scale) return;
  const stated = integer(node, 'axis', 1);
  const axis = stated < 0 ? stated + weight.dims.length : stated;
  const run = integer(node, 'block_size');
  const layout = run > 0 ? { axis, run } : layoutOf(weight, scale, axis);
  keep(
    weight.name,
    affine(weight, 'QDQ', { scale, zero, layout: gathered && run === 0 ? one(scale) : layout }),
  );
}

const one = ({ elements }: OnnxTensor): ScaleLayout | undefined =>
  elements === 1 ? { axis: null, run: 1 } : undefined;

function layoutOf({ dims }: OnnxTensor, scale: OnnxTensor, axis: number): ScaleLayout | undefined {
  return one(scale) ?? (dims[axis] === scale.elements ? { axis, run: 1 } : undefined);
}

/** [in, out] with one scale in all or per output. */
function byColumn(
  weight: OnnxTensor,
  method: string,
  scale: OnnxTensor | undefined,
  zero: OnnxTensor | undefined,
): OnnxQuantized {
  const layout = scale && layoutOf(weight, scale, weight.dims.length - 1);
  return affine(weight, method, { scale, zero, layout });
}

function affine(
  { dims, dataType: code }: OnnxTensor,
  method: string,
  {
    scale,
    zero,
    layout,
  }: { readonly layout: ScaleLayout | undefined } & Pick<OnnxQuantized, 'scale' | 'zero'>,
): OnnxQuantized {
  const bits = dataType(code)?.bits ?? 8;
  const run = layout?.axis === null ? null : layout?.run === 1 ? (dims[0] ?? null) : (layout?.run ?? null);
  const quantization = { method, bits, group: run };
  return { quantization, dims, scale, zero, middle: 0, ...(layout ? { layout } : {}) };
}

/** MatMulInteger leaves scaling to nodes behind it: a Mul with the product of both scales. */
function dynamic(index: GraphIndex, node: OnnxNode, constant: Constant): OnnxQuantized | undefined {
  const weight = constant(1);
  if (!weight) return undefined;
  return byColumn(weight, 'dynamic-int8', scaleAfter(index, node.outputs[0], MAX_HOPS), constant(3));
}

function scaleAfter(index: GraphIndex, output: string | undefined, hops: number): OnnxTensor | undefined {
  for (const user of hops === 0 || !output ? [] : (index.users.get(output) ?? [])) {
    if (user.opType === 'Cast') return scaleAfter(index, user.outputs[0], hops - 1);
    if (user.opType !== 'Mul') continue;
    const other = user.inputs.find((name) => name !== output) ?? '';
    const product = index.makers.get(other);
    const scale =
      index.constants.get(other) ??
      product?.inputs.map((name) => index.constants.get(name)).find((tensor) => tensor !== undefined);
    if (scale) return scale;
  }
  return undefined;
}
