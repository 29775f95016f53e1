import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { Graph } from './graph.mjs';

const OPSET = 17;
const TOTAL = 'past_sequence_length + sequence_length';
/** Lowest float: what exporters add to scores that a query must not see. */
const MASKED = -3.4028234663852886e38;

/** GPT-2 small, but for a vocabulary of 8,192: a larger one would only make the plain forward pass dearer. */
export const GPT2_SMALL = { layers: 12, heads: 12, width: 768, positions: 1024, vocabulary: 8192 };

/**
 * Write a pre-norm decoder with random weights, KV cache and attention outputs as a Hugging Face folder, weights beside
 * the graph or `inline` in it. Its text is noise, but its cost is that of a trained model of this shape.
 */
export function writeDecoder(folder, { inline = false, ...shape } = GPT2_SMALL) {
  mkdirSync(`${folder}/onnx`, { recursive: true });
  const weights = inline ? undefined : openSync(`${folder}/onnx/model.onnx_data`, 'w');
  const graph = new Graph(inline ? null : 'model.onnx_data', (bytes) => writeSync(weights, bytes));
  buildDecoder(graph, shape, randomWeights(graph));
  if (!inline) closeSync(weights);
  writeFileSync(`${folder}/onnx/model.onnx`, graph.bytes(OPSET));
  writeFileSync(`${folder}/config.json`, JSON.stringify(hubConfig(shape, inline)));
}

function hubConfig({ layers, heads, width, positions, vocabulary }, inline) {
  return {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_layer: layers,
    n_head: heads,
    n_embd: width,
    n_positions: positions,
    vocab_size: vocabulary,
    ...(inline ? {} : { 'transformers.js_config': { use_external_data_format: true } }),
  };
}

function randomWeights(graph) {
  let state = 0x9e3779b9;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
  return {
    random: (name, ...dims) => {
      const count = dims.reduce((product, dim) => product * dim, 1);
      // Uniform on ±0.07: the spread of GPT-2's initialisation, doubled so that attention is not flat.
      return graph.weight(
        name,
        dims,
        Float32Array.from({ length: count }, () => 0.07 * uniform()),
      );
    },
    constant: (name, value, size) => graph.weight(name, [size], new Float32Array(size).fill(value)),
  };
}

function buildDecoder(g, shape, weights) {
  const { layers, heads, width, positions, vocabulary } = shape;
  const size = width / heads;
  const ids = g.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const mask = g.input('attention_mask', 'int64', ['batch_size', TOTAL]);
  const at = g.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
  const context = {
    ...{ g, weights, width, heads, size },
    visible: visibility(g, mask, at),
    masked: g.scalar(MASKED),
    scale: g.scalar(1 / Math.sqrt(size)),
    split: g.integers([0, 0, heads, size]),
    merge: g.integers([0, 0, width]),
    gelu: { root: g.scalar(Math.SQRT2), one: g.scalar(1), half: g.scalar(0.5) },
  };
  const token = g.node('Gather', [weights.random('wte', vocabulary, width), ids]);
  let x = g.node('Add', [token, g.node('Gather', [weights.random('wpe', positions, width), at])]);
  for (let layer = 0; layer < layers; layer++) x = block(context, layer, x);
  const last = norm(context, 'ln_f', x);
  g.node('MatMul', [last, weights.random('head', width, vocabulary)], {}, 'logits');
  g.output('logits', ['batch_size', 'sequence_length', vocabulary]);
}

/** [batch, 1, queries, keys]: keys at or before the query that are not padding. */
function visibility(g, mask, positions) {
  const total = g.node('Gather', [g.node('Shape', [mask]), g.integers([1], [])], { axis: 0 });
  const keys = g.node('Range', [g.integers([0], []), total, g.integers([1], [])]);
  const queries = g.node('Unsqueeze', [positions, g.integers([1, 3])]);
  const real = g.node('Cast', [g.node('Unsqueeze', [mask, g.integers([1, 2])])], { to: 9 });
  return g.node('And', [g.node('LessOrEqual', [keys, queries]), real]);
}

function block(context, layer, x) {
  const { g } = context;
  const attended = g.node('Add', [x, attention(context, layer, norm(context, `h.${layer}.ln_1`, x))]);
  const inner = norm(context, `h.${layer}.ln_2`, attended);
  return g.node('Add', [attended, feedForward(context, layer, inner)]);
}

function attention(context, layer, x) {
  const { g, width, masked, visible, scale, merge } = context;
  const name = `h.${layer}.attn`;
  const query = heads(context, dense(context, `${name}.q`, x, width, width));
  const key = remember(context, `${layer}.key`, dense(context, `${name}.k`, x, width, width));
  const value = remember(context, `${layer}.value`, dense(context, `${name}.v`, x, width, width));
  const scores = g.node('MatMul', [query, g.node('Transpose', [key], { perm: [0, 1, 3, 2] })]);
  const allowed = g.node('Where', [visible, g.node('Mul', [scores, scale]), masked]);
  const p = g.node('Softmax', [allowed], { axis: -1 }, `attentions.${layer}`);
  g.output(p, ['batch_size', context.heads, 'sequence_length', TOTAL]);
  const mixed = g.node('Transpose', [g.node('MatMul', [p, value])], { perm: [0, 2, 1, 3] });
  return dense(context, `${name}.o`, g.node('Reshape', [mixed, merge]), width, width);
}

function remember(context, name, x) {
  const { g } = context;
  const dims = (length) => ['batch_size', context.heads, length, context.size];
  const past = g.input(`past_key_values.${name}`, 'float', dims('past_sequence_length'));
  const present = g.node('Concat', [past, heads(context, x)], { axis: 2 }, `present.${name}`);
  g.output(present, dims(TOTAL));
  return present;
}

const heads = ({ g, split }, x) =>
  g.node('Transpose', [g.node('Reshape', [x, split])], { perm: [0, 2, 1, 3] });

function feedForward(context, layer, x) {
  const { g, width, gelu } = context;
  const up = dense(context, `h.${layer}.mlp.up`, x, width, 4 * width);
  const erf = g.node('Erf', [g.node('Div', [up, gelu.root])]);
  const gated = g.node('Mul', [g.node('Mul', [up, g.node('Add', [erf, gelu.one])]), gelu.half]);
  return dense(context, `h.${layer}.mlp.down`, gated, 4 * width, width);
}

function dense({ g, weights }, name, x, from, to) {
  const product = g.node('MatMul', [x, weights.random(`${name}.weight`, from, to)]);
  return g.node('Add', [product, weights.constant(`${name}.bias`, 0, to)]);
}

function norm({ g, weights, width }, name, x) {
  const inputs = [
    x,
    weights.constant(`${name}.weight`, 1, width),
    weights.constant(`${name}.bias`, 0, width),
  ];
  return g.node('LayerNormalization', inputs, { axis: -1, epsilon: 1e-5 });
}
