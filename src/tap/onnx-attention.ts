import type { OnnxNode } from '../formats/onnx/types.js';
import { elementType } from './element-type.js';
import type { GraphIndex } from './graph-index.js';
import { isLatent } from './latent.js';
import { integerOf, operatorFlow, type Site, siteOf, withOutput } from './site.js';

const KEY = 1;
/** Inputs that may hide keys: a mask, a past of unknown length, and how many keys are no padding. */
const MASKS = [3, 4, 6];
const SCORES = 3;
/** qk_matmul_output_mode: the scores after mask and soft cap, as they enter the softmax. */
const BEFORE_SOFTMAX = 2;

/** ai.onnx Attention (opset 23 and later): its fourth output gives the masked scores. */
export function onnxAttentionSite(index: GraphIndex, node: OnnxNode): Site | undefined {
  if (node.domain !== '' || node.opType !== 'Attention') return undefined;
  const heads = integerOf(node, 'q_num_heads');
  const keyValueHeads = integerOf(node, 'kv_num_heads');
  return siteOf(node, {
    ...operatorFlow(node),
    heads,
    latent: isLatent(index, node.inputs[KEY] ?? ''),
    keyValueHeads: keyValueHeads < heads ? keyValueHeads : 0,
    attach: ({ builder, change }) => {
      const [outputs, scores] = withOutput(node, SCORES, builder.name('scores'));
      change({ outputs, integers: { qk_matmul_output_mode: BEFORE_SOFTMAX } });
      // Without head counts the operator takes queries, keys and values with heads as their second dimension.
      const keys = keyValueHeads > 0 ? keyValueHeads : (node.inputs[KEY] ?? null);
      const causal = integerOf(node, 'is_causal') === 1;
      const masked = MASKS.some((at) => node.inputs[at]);
      return {
        scores,
        elemType: elementType(index, node.inputs[0] ?? ''),
        causal,
        ...(masked || !causal ? { infinite: masked } : { window: Number.POSITIVE_INFINITY }),
        keys,
      };
    },
  });
}
