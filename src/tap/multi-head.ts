import type { OnnxNode } from '../formats/onnx/types.js';
import { elementType } from './element-type.js';
import type { GraphIndex } from './graph-index.js';
import { headSplit } from './head-split.js';
import { isLatent } from './latent.js';
import { searchUp } from './search.js';
import { integerOf, operatorFlow, type Site, siteOf, withOutput } from './site.js';

const OPERATORS = new Set(['MultiHeadAttention', 'DecoderMaskedMultiHeadAttention']);
/** Position of the optional output with the masked scores, and of the key input. */
const SCORES = 3;
const KEY = 1;
/** Inputs that may hide keys: padding, what is added to the scores, and a past of unknown length. */
const MASKS = [4, 5, 6];

/** com.microsoft.MultiHeadAttention and its decoding twin: the fourth output gives the masked scores. */
export function multiHeadSite(index: GraphIndex, node: OnnxNode): Site | undefined {
  if (node.domain !== 'com.microsoft' || !OPERATORS.has(node.opType)) return undefined;
  const heads = integerOf(node, 'num_heads');
  return siteOf(node, {
    ...operatorFlow(node),
    heads,
    latent: isLatent(index, node.inputs[KEY] ?? ''),
    attach: ({ builder, change }) => {
      const [outputs, scores] = withOutput(node, SCORES, builder.name('scores'));
      change({ outputs });
      // ONNX Runtime infers no type for this output.
      const elemType = elementType(index, node.inputs[0] ?? '');
      builder.declare(scores, elemType);
      const causal = integerOf(node, 'unidirectional') === 1;
      const masked = MASKS.some((at) => node.inputs[at]);
      return {
        scores,
        elemType,
        causal,
        ...(masked || !causal ? { infinite: masked } : { window: Number.POSITIVE_INFINITY }),
        keys: keysOf(index, node, heads),
      };
    },
  });
}

/** Exporters repeat grouped keys before this operator, so its own count says nothing once something was repeated. */
function keysOf(index: GraphIndex, node: OnnxNode, heads: number): string | number | null {
  const repeated = searchUp(
    index,
    [node.inputs[KEY] ?? ''],
    ({ opType }) => (/^(Expand|Tile|ScatterND|Concat)$/.test(opType) ? opType : undefined),
    ({ opType }) => !/MatMul|Gemm|Integer|NBits|Attention$/.test(opType),
  );
  return repeated === undefined ? heads : (headSplit(index, node.inputs[KEY])?.value ?? null);
}
