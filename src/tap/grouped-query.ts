import type { OnnxNode } from '../formats/onnx/types.js';
import { integerOf, type Site, siteOf, withOutput } from './site.js';

const PROBABILITIES = 3;
const LAST_TOKEN = 5;
const BIAS = 10;
const HEAD_SINK = 11;
/** qk_output of the operator: 1 gives the scores before, 2 those after the softmax. */
const AFTER_SOFTMAX = 2;

/**
 * com.microsoft.GroupQueryAttention: its fourth output gives the probabilities. The other choice, its scores, has
 * zeros where keys are masked, so visible keys are counted from what the operator is: causal, with a window.
 */
export function groupedQuerySite(node: OnnxNode): Site | undefined {
  if (node.domain !== 'com.microsoft' || node.opType !== 'GroupQueryAttention') return undefined;
  const heads = integerOf(node, 'num_heads');
  const keyValueHeads = integerOf(node, 'kv_num_heads');
  // Equal counts may be a grouped model whose keys and values the exporter repeated.
  const shown = { heads, keyValueHeads: keyValueHeads < heads ? keyValueHeads : 0 };
  if (node.inputs[HEAD_SINK] || integerOf(node, 'smooth_softmax') > 0)
    return siteOf(node, { ...shown, attach: { problem: 'an attention sink competes with the keys' } });
  return siteOf(node, {
    ...shown,
    attach: ({ builder, change }) => {
      const [outputs, probabilities] = withOutput(node, PROBABILITIES, builder.name('probabilities'));
      change({ outputs, integers: { qk_output: AFTER_SOFTMAX } });
      const window = node.attributes.get('local_window_size')?.int ?? -1;
      return {
        probabilities,
        visible: {
          window: window > 0 ? window : Number.POSITIVE_INFINITY,
          bias: node.inputs[BIAS] || undefined,
        },
        keys: keyValueHeads,
        last: node.inputs[LAST_TOKEN],
      };
    },
  });
}
