import type { OnnxNode } from '../formats/onnx/types.js';
import { integerOf, type Site, siteOf } from './site.js';

/** Operators that attend and give no weights; and why. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'com.microsoft.SparseAttention': 'the operator returns no weights',
  'com.microsoft.PagedAttention': 'the operator returns no weights',
  'com.microsoft.LongformerAttention': 'the operator returns no weights',
  'com.microsoft.PackedAttention': 'the operator returns no weights',
  'com.microsoft.PackedMultiHeadAttention': 'the operator returns no weights',
  'com.microsoft.DecoderMaskedSelfAttention': 'the operator returns no weights',
  'com.microsoft.DecoderAttention': 'the operator returns no weights',
  'com.microsoft.BiasSoftmax': 'it fuses the mask with the softmax, as files optimised for one machine do',
  'com.microsoft.QLinearSoftmax': 'its weights are rounded to 8 bits',
};
/** Operators that stand in place of attention. */
const REPLACING: Readonly<Record<string, string>> = {
  'com.microsoft.LinearAttention': 'linear attention has no weights per key',
  'com.microsoft.CausalConvWithState': 'a convolution over a state has no weights per key',
  Scan: 'a recurrence has no weights per key',
  LSTM: 'a recurrence has no weights per key',
  GRU: 'a recurrence has no weights per key',
  RNN: 'a recurrence has no weights per key',
};

export function unsupportedSite(node: OnnxNode): Site | undefined {
  const name = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
  const problem = UNSUPPORTED[name] ?? REPLACING[name];
  if (problem === undefined) return undefined;
  return siteOf(node, {
    heads: integerOf(node, 'num_heads'),
    keyValueHeads: integerOf(node, 'kv_num_heads'),
    attends: name in UNSUPPORTED,
    attach: { problem },
  });
}
