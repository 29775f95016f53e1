import type { GraphBuilder } from '../formats/onnx/builder.js';
import type { OnnxNode } from '../formats/onnx/types.js';
import { elementType } from './element-type.js';
import { type GraphIndex, weightBehind } from './graph-index.js';
import { integerOf, type Site, type SiteEditor, siteOf } from './site.js';

const FLOAT = 1;
const DOMAIN = 'com.microsoft';

interface Packed {
  /** Inputs: mask, cache of the tokens already seen, and what is added to the scores. */
  readonly mask: string;
  readonly bias: string;
  /** Makes the projection [batch, length, queries + keys + values]. */
  readonly project: (builder: GraphBuilder) => string;
}

/**
 * com.microsoft.Attention and QAttention project, split and attend in one operator that gives no scores. The node is
 * replaced by its parts: projection, three slices and a MultiHeadAttention, whose fourth output gives the masked
 * scores. The cache is left out: attention is measured on texts from their beginning, where it is empty.
 */
export function packedSite(index: GraphIndex, node: OnnxNode): Site | undefined {
  if (node.domain !== DOMAIN) return undefined;
  const packed =
    node.opType === 'Attention'
      ? attentionParts(node)
      : node.opType === 'QAttention'
        ? quantizedParts(node)
        : null;
  if (!packed) return undefined;
  const heads = integerOf(node, 'num_heads');
  const width = weightBehind(index, node.inputs[1])?.tensor.dims.at(-1) ?? 0;
  const sizes = node.attributes.get('qkv_hidden_sizes')?.ints ?? [width / 3, width / 3, width / 3];
  const flow = packedFlow(node);
  const problem = problemOf(node, sizes);
  if (problem !== null) return siteOf(node, { heads, ...flow, attach: { problem } });
  return siteOf(node, {
    heads,
    ...flow,
    replaced: true,
    attach: (editor) => {
      const quantized = node.opType === 'QAttention';
      const elemType = quantized ? FLOAT : elementType(index, node.inputs[1] ?? '');
      const scores = unpack(editor, node, packed, sizes, elemType);
      const causal = integerOf(node, 'unidirectional') === 1;
      // The least float that the operator masks with is infinite in halves.
      return { scores, elemType, causal, infinite: packed.bias !== '' || elemType !== FLOAT, keys: heads };
    },
  });
}

/** The operator multiplies with its own weights, so what it reads is not projected yet. */
function packedFlow({ inputs, outputs }: OnnxNode): Pick<Site, 'flow'> {
  const [input = ''] = inputs;
  const [attended = ''] = outputs;
  return input && attended ? { flow: { query: input, key: input, value: input, attended } } : {};
}

function problemOf(node: OnnxNode, sizes: readonly number[]): string | null {
  if (integerOf(node, 'do_rotary') > 0) return 'it rotates queries and keys itself';
  const whole = sizes.length === 3 && sizes.every((size) => Number.isSafeInteger(size) && size > 0);
  return whole ? null : 'the widths of its queries, keys and values are not in the file';
}

function attentionParts(node: OnnxNode): Packed {
  const [input = '', weight = '', bias = '', mask = '', , added = ''] = node.inputs;
  return {
    mask,
    bias: added,
    project: (builder) => {
      const product = builder.node('MatMul', [input, weight]);
      return bias === '' ? product : builder.node('Add', [product, bias]);
    },
  };
}

function quantizedParts(node: OnnxNode): Packed {
  const [
    input = '',
    weight = '',
    bias = '',
    scale = '',
    weightScale = '',
    mask = '',
    zero = '',
    weightZero = '',
  ] = node.inputs;
  return {
    mask,
    bias: '',
    project: (builder) => {
      const zeros = weightZero !== '' ? [zero, weightZero] : zero !== '' ? [zero] : [];
      const product = builder.node('MatMulInteger', [input, weight, ...zeros]);
      const floats = builder.node('Cast', [product], { attributes: { to: FLOAT } });
      const scaled = builder.node('Mul', [floats, builder.node('Mul', [scale, weightScale])]);
      return bias === '' ? scaled : builder.node('Add', [scaled, bias]);
    },
  };
}

function unpack(
  { builder, replace }: SiteEditor,
  node: OnnxNode,
  packed: Packed,
  sizes: readonly number[],
  elemType: number,
): string {
  const projected = packed.project(builder);
  let from = 0;
  const parts = sizes.map((size) => {
    const slice = [builder.integers(from), builder.integers(from + size), builder.integers(-1)];
    from += size;
    return builder.node('Slice', [projected, ...slice]);
  });
  const scores = builder.name('scores');
  const { scale, mask_filter_value: filter } = Object.fromEntries(node.attributes);
  builder.node('MultiHeadAttention', [...parts, '', packed.mask, packed.bias], {
    domain: DOMAIN,
    attributes: {
      num_heads: integerOf(node, 'num_heads'),
      unidirectional: integerOf(node, 'unidirectional'),
      ...(scale?.float ? { scale: { float: scale.float } } : {}),
      ...(filter?.float === undefined ? {} : { mask_filter_value: { float: filter.float } }),
    },
    outputs: [node.outputs[0] ?? builder.name('attended'), '', '', scores],
  });
  builder.declare(scores, elemType);
  replace();
  return scores;
}
