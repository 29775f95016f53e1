import type { OnnxNode } from '../formats/onnx/types.js';
import { elementType } from './element-type.js';
import type { GraphIndex } from './graph-index.js';
import { integerOf, operatorFlow, type Site, siteOf, withOutput } from './site.js';

const SCORES = 3;
const LAST_TOKEN = 5;
const BIAS = 10;
const HEAD_SINK = 11;
/** qk_output of the operator: 1 gives the scores before, 2 the weights after the softmax. */
const BEFORE_SOFTMAX = 1;

/**
 * com.microsoft.GroupQueryAttention: its fourth output gives the scores, scaled, capped and biased. Where a key is
 * masked they are zero, or memory nobody wrote, so the mask is made again from what the operator is: causal, with a
 * window.
 */
export function groupedQuerySite(index: GraphIndex, node: OnnxNode): Site | undefined {
  if (node.domain !== 'com.microsoft' || node.opType !== 'GroupQueryAttention') return undefined;
  const heads = integerOf(node, 'num_heads');
  const keyValueHeads = integerOf(node, 'kv_num_heads');
  // Equal counts may be a grouped model whose keys and values the exporter repeated.
  const shown = { heads, keyValueHeads: keyValueHeads < heads ? keyValueHeads : 0, ...operatorFlow(node) };
  const problem = problemOf(node);
  if (problem !== null) return siteOf(node, { ...shown, attach: { problem } });
  return siteOf(node, {
    ...shown,
    attach: ({ builder, change }) => {
      const [outputs, scores] = withOutput(node, SCORES, builder.name('scores'));
      change({ outputs, integers: { qk_output: BEFORE_SOFTMAX } });
      const size = node.attributes.get('local_window_size')?.int ?? -1;
      const window = size > 0 ? size : Number.POSITIVE_INFINITY;
      const biased = Boolean(node.inputs[BIAS]);
      return {
        scores,
        elemType: elementType(index, node.inputs[0] ?? ''),
        causal: true,
        bare: { window },
        ...(biased ? { infinite: true } : { window }),
        keys: keyValueHeads,
        last: node.inputs[LAST_TOKEN],
      };
    },
  });
}

function problemOf(node: OnnxNode): string | null {
  if (node.inputs[HEAD_SINK] || integerOf(node, 'smooth_softmax') > 0)
    return 'an attention sink competes with the keys';
  return node.attributes.get('causal')?.int === 0 ? 'it is told not to be causal' : null;
}
