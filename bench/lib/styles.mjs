// Decoders of one size that differ only in how their attention is exported.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { Graph } from './graph.mjs';

export const SHAPE = { layers: 12, heads: 12, width: 768 };
/** Lowest float: what exporters add to scores that a query must not see. */
const MASKED = -3.4028234663852886e38;
const SIZE = SHAPE.width / SHAPE.heads;

/** Operator set, and how one layer attends to queries, keys and values [batch, length, width]. */
export const STYLES = {
  softmax: { opset: 17, attend: softmax },
  MultiHeadAttention: { opset: 17, attend: multiHead },
  Attention: { opset: 23, attend: standard },
  GroupQueryAttention: { opset: 17, attend: groupedQuery },
};

/** Write `model.onnx` and its weights; the layers' own probabilities are outputs with `probabilities`. */
export function writeStyle(folder, style, { tokens, vocabulary, probabilities = false }) {
  mkdirSync(folder, { recursive: true });
  const file = openSync(`${folder}/weights`, 'w');
  const g = new Graph('weights', (bytes) => writeSync(file, bytes));
  const { attend, opset } = STYLES[style];
  const context = { g, weights: weightsOf(g), tokens, probabilities, ...shared(g, style, tokens) };
  const ids = g.input('input_ids', 'int64', [1, tokens]);
  const { width } = SHAPE;
  let x = g.node('Gather', [context.weights.random('wte', vocabulary, width), ids]);
  for (let layer = 0; layer < SHAPE.layers; layer++) x = block(context, layer, x, attend);
  g.node(
    'MatMul',
    [norm(context, 'ln_f', x), context.weights.random('head', width, vocabulary)],
    {},
    'logits',
  );
  g.output('logits', [1, tokens, vocabulary]);
  closeSync(file);
  writeFileSync(`${folder}/model.onnx`, g.bytes(opset, ['com.microsoft']));
}

function shared(g, style, tokens) {
  if (style === 'softmax') {
    const mask = new Float32Array(tokens * tokens);
    for (let query = 0; query < tokens; query++)
      mask.fill(MASKED, query * tokens + query + 1, (query + 1) * tokens);
    return { mask: g.weight('mask', [1, 1, tokens, tokens], mask), scale: g.scalar(1 / Math.sqrt(SIZE)) };
  }
  if (style !== 'GroupQueryAttention') return {};
  const empty = [1, SHAPE.heads, 0, SIZE];
  return {
    past: g.weight('past', empty, new Float32Array(0)),
    last: g.wholes([tokens - 1]),
    total: g.wholes([tokens]),
  };
}

function weightsOf(g) {
  let state = 0x9e3779b9;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
  const filled = (dims, value) => Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, value);
  return {
    // Uniform on ±0.07: the spread of GPT-2's initialisation, doubled so that attention is not flat.
    random: (name, ...dims) =>
      g.weight(
        name,
        dims,
        filled(dims, () => 0.07 * uniform()),
      ),
    constant: (name, value, size) =>
      g.weight(
        name,
        [size],
        filled([size], () => value),
      ),
  };
}

function block(context, layer, x, attend) {
  const { g } = context;
  const { width } = SHAPE;
  const inner = norm(context, `h.${layer}.ln_1`, x);
  const [query, key, value] = ['q', 'k', 'v'].map((name) =>
    dense(context, `h.${layer}.${name}`, inner, width, width),
  );
  const attended = attend(context, layer, query, key, value);
  const after = g.node('Add', [x, dense(context, `h.${layer}.o`, attended, width, width)]);
  const up = dense(context, `h.${layer}.up`, norm(context, `h.${layer}.ln_2`, after), width, 4 * width);
  const active = g.node('Mul', [up, g.node('Sigmoid', [up])]);
  return g.node('Add', [after, dense(context, `h.${layer}.down`, active, 4 * width, width)]);
}

function softmax({ g, mask, scale, tokens, probabilities }, layer, ...projected) {
  const shape = g.integers([1, tokens, SHAPE.heads, SIZE]);
  const [query, key, value] = projected.map((x) =>
    g.node('Transpose', [g.node('Reshape', [x, shape])], { perm: [0, 2, 1, 3] }),
  );
  const product = g.node('MatMul', [query, g.node('Transpose', [key], { perm: [0, 1, 3, 2] })]);
  const scores = g.node('Add', [g.node('Mul', [product, scale]), mask]);
  const p = g.node('Softmax', [scores], { axis: -1 }, `attentions.${layer}`);
  if (probabilities) g.output(p, [1, SHAPE.heads, tokens, tokens]);
  const mixed = g.node('Transpose', [g.node('MatMul', [p, value])], { perm: [0, 2, 1, 3] });
  return g.node('Reshape', [mixed, g.integers([1, tokens, SHAPE.width])]);
}

function multiHead({ g }, _layer, ...projected) {
  const attributes = { num_heads: SHAPE.heads, unidirectional: 1 };
  return g.node('MultiHeadAttention', projected, attributes, undefined, { domain: 'com.microsoft' });
}

function standard({ g }, _layer, ...projected) {
  return g.node('Attention', projected, {
    q_num_heads: SHAPE.heads,
    kv_num_heads: SHAPE.heads,
    is_causal: 1,
  });
}

function groupedQuery({ g, past, last, total }, layer, ...projected) {
  const attributes = { num_heads: SHAPE.heads, kv_num_heads: SHAPE.heads };
  return g.node('GroupQueryAttention', [...projected, past, past, last, total], attributes, undefined, {
    domain: 'com.microsoft',
    more: [`present.${layer}.key`, `present.${layer}.value`],
  });
}

function dense({ g, weights }, name, x, from, to) {
  const product = g.node('MatMul', [x, weights.random(`${name}.weight`, from, to)]);
  return g.node('Add', [product, weights.constant(`${name}.bias`, 0, to)]);
}

function norm({ g, weights }, name, x) {
  const { width } = SHAPE;
  const inputs = [
    x,
    weights.constant(`${name}.weight`, 1, width),
    weights.constant(`${name}.bias`, 0, width),
  ];
  return g.node('LayerNormalization', inputs, { axis: -1, epsilon: 1e-5 });
}
