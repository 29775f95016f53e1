import type { ModelStructure } from '../core/types.js';
import type { OnnxNode } from '../formats/onnx/types.js';
import { type OnnxIndex, smallIntegers, weightBehind } from './onnx-index.js';

type Site = ModelStructure['fusedAttention'][number];

/** Attributes of the fused operators. Only grouped ones say how many key/value heads there are: others are also fed repeated ones. */
const FUSED: Readonly<Record<string, readonly [heads: string, keyValueHeads?: string]>> = {
  'com.microsoft.GroupQueryAttention': ['num_heads', 'kv_num_heads'],
  'com.microsoft.SparseAttention': ['num_heads', 'kv_num_heads'],
  'com.microsoft.PagedAttention': ['num_heads', 'kv_num_heads'],
  'com.microsoft.MultiHeadAttention': ['num_heads'],
  'com.microsoft.PackedMultiHeadAttention': ['num_heads'],
  'com.microsoft.DecoderMaskedMultiHeadAttention': ['num_heads'],
  'com.microsoft.DecoderMaskedSelfAttention': ['num_heads'],
  'com.microsoft.Attention': ['num_heads'],
  'com.microsoft.PackedAttention': ['num_heads'],
  'com.microsoft.QAttention': ['num_heads'],
  Attention: ['q_num_heads', 'kv_num_heads'],
};
/** What lies between query·key and the Softmax: scaling, masks, soft caps. */
const SCORE = new Set(
  'Add Sub Mul Div Where Cast Clip Tanh Reshape Identity Max Min Dropout Unsqueeze Squeeze'.split(' '),
);
/** Where the search for the head split stops: the projection, another attention, or anything about shapes. */
const STOP = /^(MatMul|Gemm|Einsum|Softmax|Shape|Conv|Range|CumSum)|NBits|Bnb4|Integer|QLinear/;
const MAX_VISITED = 96;

/** Attention sites in graph order: fused operators, and Softmax over a product of two computed values. */
export function attentionSites(index: OnnxIndex): Site[] {
  return index.nodes.flatMap((node) => {
    if (node.opType === 'Softmax' && node.domain === '') return plainSite(index, node);
    return fusedSite(node);
  });
}

function fusedSite(node: OnnxNode): Site[] {
  const names = FUSED[node.domain === '' ? node.opType : `${node.domain}.${node.opType}`];
  if (!names) return [];
  const value = (name: string | undefined): number =>
    name === undefined ? 0 : (node.attributes.get(name)?.int ?? 0);
  const heads = value(names[0]);
  const keyValueHeads = value(names[1]);
  // Equal counts may be a grouped model whose keys and values the exporter repeated.
  return [
    { operator: node.opType, heads, keyValueHeads: keyValueHeads < heads ? keyValueHeads : 0, headDim: 0 },
  ];
}

function plainSite(index: OnnxIndex, softmax: OnnxNode): Site[] {
  const product = search(index, softmax.inputs, (node) => (isProduct(index, node) ? node : undefined), SCORE);
  if (!product) return [];
  const query = headSplit(index, product.inputs[0]);
  const key = headSplit(index, product.inputs[1]);
  return [
    {
      operator: 'Softmax',
      heads: query?.heads ?? 0,
      keyValueHeads: key?.heads ?? 0,
      headDim: query?.headDim ?? 0,
    },
  ];
}

function isProduct(index: OnnxIndex, { opType, inputs }: OnnxNode): boolean {
  if (opType !== 'MatMul' && opType !== 'Einsum' && opType !== 'MatMulInteger') return false;
  return inputs.slice(0, 2).every((name) => weightBehind(index, name) === undefined);
}

interface Split {
  readonly heads: number;
  readonly headDim: number;
}

/** The reshape to [batch, length, heads, size] that is transposed to put heads first, nearest to the product. */
function headSplit(index: OnnxIndex, name: string | undefined): Split | undefined {
  return search(index, [name ?? ''], (node) => {
    if (node.opType !== 'Transpose') return undefined;
    const perm = node.attributes.get('perm')?.ints ?? [];
    const reshape = index.makers.get(node.inputs[0] ?? '');
    if (perm.length < 4 || perm.indexOf(perm.length - 2) >= perm.length - 2) return undefined;
    return reshape?.opType === 'Reshape' ? splitOf(index, reshape, perm.length) : undefined;
  });
}

function splitOf(index: OnnxIndex, reshape: OnnxNode, rank: number): Split | undefined {
  const target = targetShape(index, reshape.inputs[1]);
  if (target && target.length !== rank) return undefined;
  const [heads = 0, size = 0] = target?.slice(-2) ?? [];
  if (heads > 0) return { heads, headDim: Math.max(size, 0) };
  const width = heads === -1 && size > 0 ? projectedWidth(index, reshape.inputs[0]) : undefined;
  return width !== undefined && width % size === 0 ? { heads: width / size, headDim: size } : undefined;
}

/** The shape a Reshape asks for; computed dimensions are 0. */
function targetShape(index: OnnxIndex, name: string | undefined): number[] | undefined {
  const constant = smallIntegers(index, name);
  if (constant) return constant;
  const node = index.makers.get(name ?? '');
  if (node?.opType !== 'Concat') return undefined;
  return node.inputs.flatMap((part) => smallIntegers(index, part) ?? [0]);
}

/** Output width of the linear layer right before a reshape. */
function projectedWidth(index: OnnxIndex, name: string | undefined): number | undefined {
  const node = index.makers.get(name ?? '');
  if (!node) return undefined;
  if (node.opType === 'MatMulNBits') return node.attributes.get('N')?.int;
  if (node.opType === 'MatMul' || node.opType === 'Gemm') {
    const weight = weightBehind(index, node.inputs[1]);
    const flipped = (node.attributes.get('transB')?.int === 1) !== (weight?.transposed ?? false);
    return weight?.tensor.dims.length === 2 ? weight.tensor.dims[flipped ? 0 : 1] : undefined;
  }
  if (node.opType !== 'Add' && node.opType !== 'Cast') return undefined;
  return projectedWidth(
    index,
    node.inputs.find((input) => weightBehind(index, input) === undefined),
  );
}

/** Breadth-first towards the inputs until `found` answers. */
function search<T>(
  index: OnnxIndex,
  from: readonly string[],
  found: (node: OnnxNode) => T | undefined,
  through?: ReadonlySet<string>,
): T | undefined {
  const queue = [...from];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length && at < MAX_VISITED; at++) {
    const node = index.makers.get(queue[at] ?? '');
    if (!node) continue;
    const answer = found(node);
    if (answer !== undefined) return answer;
    if (through ? !through.has(node.opType) : STOP.test(node.opType)) continue;
    for (const input of node.inputs) {
      if (seen.has(input)) continue;
      seen.add(input);
      queue.push(input);
    }
  }
  return undefined;
}
