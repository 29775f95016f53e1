import type { OnnxNode } from '../formats/onnx/types.js';
import { elementType } from './element-type.js';
import { type GraphIndex, smallIntegers, weightBehind } from './graph-index.js';
import { headSplit } from './head-split.js';
import { isLatent } from './latent.js';
import { searchDown, searchUp } from './search.js';
import { type Site, type SiteFlow, siteOf } from './site.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** What lies between query·key and the softmax: scaling, masks, soft caps, quantization. */
const SCORE = words(
  'Add Sub Mul Div Where Cast Clip Tanh Reshape Identity Max Min Dropout Unsqueeze Squeeze QuantizeLinear DequantizeLinear',
);
/** What may lie between the softmax and its product with the values without changing the weights. */
const WEIGHT = words(
  'Dropout Cast Identity Reshape Unsqueeze Squeeze QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
);
/** What may change them: gates and masks that come after the softmax. */
const CHANGE = words('Mul Where');
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
  const use = useOf(index, written.probabilities);
  // Far from a product of its own, a softmax attends only if it certainly weighs values.
  if (!operands || (!sinks && 'problem' in use)) return undefined;
  const query = headSplit(index, operands[0]);
  const key = headSplit(index, operands[1]);
  const shown = {
    heads: query?.heads ?? 0,
    keyValueHeads: key?.heads ?? 0,
    headDim: query?.headDim ?? 0,
    latent: isLatent(index, operands[1]),
    ...flowOf(index, plain, written),
  };
  const problem = plain ? ('problem' in use ? use.problem : null) : sinks ? SINKS : UNKNOWN_SCORES;
  if (problem !== null) return siteOf(node, { ...shown, attach: { problem } });
  return siteOf(node, {
    ...shown,
    attach: () => ({
      ...written,
      ...use,
      infinite: true,
      elemType: elementType(index, written.scores),
      keys: key?.value ?? null,
    }),
  });
}

/** Where nothing but masks and scaling lies between the products, and the softmax surely goes over the keys. */
function flowOf(
  index: GraphIndex,
  operands: readonly [string, string] | undefined,
  { probabilities, axis }: Written,
): { readonly flow?: SiteFlow } {
  if (!operands || (axis !== -1 && axis !== 3)) return {};
  // The order of an Einsum's operands does not say which is the query.
  if (index.users.get(operands[0])?.some(({ opType }) => opType === 'Einsum')) return {};
  const found = searchDown(
    index,
    probabilities,
    (node, value) => {
      const both = node.opType !== 'Einsum' && weighs(node, value) ? computedProduct(index, node) : undefined;
      return both && { value: both[1], attended: node.outputs[0] ?? '' };
    },
    (node, value) => WEIGHT.has(node.opType) || keepsWeights(index, node, value),
  );
  const [query, key] = operands;
  return found ? { flow: { query, key, ...found } } : {};
}

/** Both operands, if neither is a weight. */
function computedProduct(index: GraphIndex, node: OnnxNode): readonly [string, string] | undefined {
  const places = PRODUCTS[node.opType];
  if (!places) return undefined;
  const [left, right] = places.map((at) => node.inputs[at] ?? '') as [string, string];
  const computed = [left, right].every((name) => name !== '' && weightBehind(index, name) === undefined);
  return computed ? [left, right] : undefined;
}

/** How weights reach the values: as they are, or as `applied` after something that may have changed them. */
function useOf(
  index: GraphIndex,
  probabilities: string,
): { readonly applied?: string } | { readonly problem: string } {
  const product = (through: (node: OnnxNode, value: string) => boolean): string | undefined =>
    searchDown(
      index,
      probabilities,
      (node, value) => {
        const operands = computedProduct(index, node);
        return operands && weighs(node, value) ? value : undefined;
      },
      through,
    );
  const harmless = (node: OnnxNode, value: string): boolean =>
    WEIGHT.has(node.opType) || keepsWeights(index, node, value);
  if (product(harmless) !== undefined) return {};
  const applied = product((node) => WEIGHT.has(node.opType) || CHANGE.has(node.opType));
  if (applied !== undefined) return { applied };
  return { problem: 'its weights are cut, combined or not multiplied with values' };
}

/** A factor that is the same for all keys, as dropout leaves behind, or the replacement of NaN in rows without keys. */
function keepsWeights(index: GraphIndex, { opType, inputs }: OnnxNode, value: string): boolean {
  if (opType === 'Where') return index.makers.get(inputs[0] ?? '')?.opType === 'IsNaN';
  const factor = weightBehind(
    index,
    inputs.find((name) => name !== value),
  )?.tensor;
  return opType === 'Mul' && inputs.length === 2 && factor !== undefined && (factor.dims.at(-1) ?? 1) === 1;
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
