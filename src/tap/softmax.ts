import type { OnnxNode } from '../formats/onnx/types.js';
import { elementType } from './element-type.js';
import { type GraphIndex, smallIntegers, weightBehind } from './graph-index.js';
import { headSplit } from './head-split.js';
import { searchDown, searchUp } from './search.js';
import { type Site, siteOf } from './site.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** What lies between query·key and the softmax: scaling, masks, soft caps, quantization. */
const SCORE = words(
  'Add Sub Mul Div Where Cast Clip Tanh Reshape Identity Max Min Dropout Unsqueeze Squeeze QuantizeLinear DequantizeLinear',
);
/** What lies between the softmax and its product with the values. */
const WEIGHT = words(
  'Dropout Cast Identity Where Mul Reshape Unsqueeze Squeeze QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
);
/** Operators that multiply two computed matrices, and where their operands are. */
const PRODUCTS: Readonly<Record<string, readonly [number, number]>> = {
  MatMul: [0, 1],
  Einsum: [0, 1],
  MatMulInteger: [0, 1],
  FusedMatMul: [0, 1],
  QLinearMatMul: [0, 3],
};
/** What separates one layer from the next: no product behind it makes the scores. */
const LAYER =
  /MatMul|Gemm|Conv|Einsum|Softmax|Attention|NBits|Integer|Norm|^(Gather|Shape|If|Loop|Scan|LSTM|GRU|RNN)$/;
const UNKNOWN_SCORES = 'what happens to its scores before the softmax is not known';
/** Where exporters insert an extra column of scores, and cut it off again: keys that are no tokens. */
const SINKS = 'an attention sink competes with the keys, so the weights of a query do not add up to one';

/** Attention written out: a softmax over a product of two computed values that multiplies a third. */
export function softmaxSite(index: GraphIndex, node: OnnxNode, opset: number): Site | undefined {
  const [scores] = node.inputs;
  const [probabilities] = node.outputs;
  if (node.opType !== 'Softmax' || node.domain !== '' || !scores || !probabilities) return undefined;
  const axis = node.attributes.get('axis')?.int ?? (opset < 13 ? 1 : -1);
  return writtenOut(index, node, { scores, probabilities, axis });
}

/** The same with the softmax written out too: exp(x) / sum(exp(x)). */
export function quotientSite(index: GraphIndex, node: OnnxNode): Site | undefined {
  if (node.opType !== 'Div' || node.domain !== '') return undefined;
  const [powers = '', total = ''] = node.inputs;
  const exp = index.makers.get(powers);
  if (exp?.opType !== 'Exp') return undefined;
  const sum = searchUp(
    index,
    [total],
    (each) => (each.opType === 'ReduceSum' ? each : undefined),
    ({ opType }) => opType === 'Add' || opType === 'Max' || opType === 'Clip',
  );
  const [scores] = exp.inputs;
  const [probabilities] = node.outputs;
  if (sum?.inputs[0] !== powers || !scores || !probabilities) return undefined;
  const axes = sum.attributes.get('axes')?.ints ?? smallIntegers(index, sum.inputs[1]) ?? [];
  const [axis] = axes;
  if (axes.length !== 1 || axis === undefined) return undefined;
  return writtenOut(index, node, { scores, probabilities, axis });
}

interface Written {
  readonly scores: string;
  readonly probabilities: string;
  readonly axis: number;
}

function writtenOut(index: GraphIndex, node: OnnxNode, written: Written): Site | undefined {
  const product = (through: (each: OnnxNode) => boolean) =>
    searchUp(index, [written.scores], (each) => computedProduct(index, each), through);
  const plain = product(({ opType }) => SCORE.has(opType));
  const sinks = plain ?? product(({ opType }) => SCORE.has(opType) || opType === 'Concat');
  const operands = sinks ?? product(({ opType }) => !LAYER.test(opType));
  const problem = problemBelow(index, written.probabilities);
  // Far from a product of its own, a softmax attends only if it certainly weighs values.
  if (!operands || (!sinks && problem !== null)) return undefined;
  const query = headSplit(index, operands[0]);
  const key = headSplit(index, operands[1]);
  const shown = {
    heads: query?.heads ?? 0,
    keyValueHeads: key?.heads ?? 0,
    headDim: query?.headDim ?? 0,
  };
  const found = plain ? problem : sinks ? SINKS : UNKNOWN_SCORES;
  if (found !== null) return siteOf(node, { ...shown, attach: { problem: found } });
  return siteOf(node, {
    ...shown,
    attach: () => ({
      ...written,
      elemType: elementType(index, written.scores),
      visible: 'scores',
      keys: key?.value ?? null,
    }),
  });
}

/** Both operands, if neither is a weight. */
function computedProduct(index: GraphIndex, node: OnnxNode): readonly [string, string] | undefined {
  const places = PRODUCTS[node.opType];
  if (!places) return undefined;
  const [left, right] = places.map((at) => node.inputs[at] ?? '') as [string, string];
  const computed = [left, right].every((name) => name !== '' && weightBehind(index, name) === undefined);
  return computed ? [left, right] : undefined;
}

function problemBelow(index: GraphIndex, probabilities: string): string | null {
  const product = searchDown(
    index,
    probabilities,
    (node, value) => (computedProduct(index, node) && weighs(node, value) ? node : undefined),
    (node) => passes(index, node),
  );
  if (product) return null;
  const cut = searchDown(
    index,
    probabilities,
    (node) => (node.opType === 'Slice' || node.opType === 'Split' ? node : undefined),
    (node) => passes(index, node),
  );
  return cut ? SINKS : 'its output does not multiply values from the left';
}

/** Weights pass unchanged; a factor that is not the same for all keys would make them others. */
function passes(index: GraphIndex, node: OnnxNode): boolean {
  if (node.opType !== 'Mul') return WEIGHT.has(node.opType);
  if (node.inputs.length !== 2) return false;
  return node.inputs.some((name) => {
    const factor = weightBehind(index, name)?.tensor;
    return factor !== undefined && (factor.dims.at(-1) ?? 1) === 1;
  });
}

/** Whether a product sums over the keys of `value`, the last of its axes, and keeps its queries. */
function weighs(node: OnnxNode, value: string): boolean {
  if (node.opType !== 'Einsum')
    return (
      node.inputs[0] === value &&
      !(node.attributes.get('transA')?.int || node.attributes.get('transBatchA')?.int)
    );
  const [terms = '', result = ''] = (node.attributes.get('equation')?.text ?? '')
    .replaceAll(' ', '')
    .split('->');
  const own = terms.split(',')[node.inputs.indexOf(value)] ?? '';
  const [query = '', key = ''] = own.slice(-2);
  return query !== '' && key !== '' && result.includes(query) && !result.includes(key);
}
