import {
  type EditableGraph,
  type EditableModel,
  type EditableNode,
  floatAttribute,
  integerAttribute,
  integersAttribute,
  nodeOf,
  setAttribute,
  tensorOf,
} from './onnx-edit.js';

export type Random = () => number;

export interface Target {
  readonly model: EditableModel;
  readonly graph: EditableGraph;
  /** Nodes at and before those that weigh values. */
  readonly zone: readonly EditableNode[];
  readonly random: Random;
}

export const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T;
/** Change one thing of a model; what was done, in words. */
type Mutation = (target: Target) => string | undefined;

const ATTRIBUTES: Readonly<Record<string, readonly [string, readonly number[]][]>> = {
  Softmax: [['axis', [-4, -3, -2, -1, 0, 1, 2, 3, 4]]],
  Attention: [
    ['num_heads', [0, 1, 2, 3, 4, 6, -1]],
    ['q_num_heads', [0, 1, 2, 4, 8, -1]],
    ['kv_num_heads', [0, 1, 2, 4, -2]],
    ['unidirectional', [0, 1]],
    ['is_causal', [0, 1]],
    ['qk_matmul_output_mode', [0, 1, 2, 3, 7]],
  ],
  GroupQueryAttention: [
    ['num_heads', [0, 1, 2, 4, 8, -1, 2 ** 31]],
    ['kv_num_heads', [0, 1, 2, 4, 3, -1]],
    ['local_window_size', [-1, 0, 1, 2, 3, 5]],
    ['do_rotary', [0, 1]],
    ['qk_output', [0, 1, 2, 3]],
    ['smooth_softmax', [0, 1]],
  ],
  MultiHeadAttention: [
    ['num_heads', [0, 1, 2, 4, 8, -1]],
    ['unidirectional', [0, 1]],
  ],
};

const attribute: Mutation = ({ zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ op }) => op in ATTRIBUTES),
  );
  if (!node) return undefined;
  const [name, values] = pick(random, ATTRIBUTES[node.op] ?? []) as [string, readonly number[]];
  const value = pick(random, values);
  setAttribute(node, integerAttribute(name, value));
  return `${node.op}.${name} = ${value}`;
};

const scale: Mutation = ({ zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ op }) => op in ATTRIBUTES && op !== 'Softmax'),
  );
  if (!node) return undefined;
  const name = pick(random, ['scale', 'softcap', 'mask_filter_value']);
  const value = pick(random, [0, 1, -1, 0.25, 30, 1e6, -1000]);
  setAttribute(node, floatAttribute(name, value));
  return `${node.op}.${name} = ${value}`;
};

const bypass: Mutation = ({ graph, zone, random }) => {
  const node = pick(random, zone);
  graph.nodes = graph.nodes.filter((each) => each !== node);
  const rename = random() < 0.8;
  const source = pick(random, node.inputs) ?? '';
  if (rename)
    for (const each of graph.nodes)
      each.inputs = each.inputs.map((name) => (name === node.outputs[0] ? source : name));
  return `${rename ? 'bypass' : 'drop'} ${node.op} ${node.outputs[0]}`;
};

const duplicate: Mutation = ({ graph, zone, random }) => {
  const node = pick(random, zone);
  const copy = { ...node, outputs: node.outputs.map((name) => name && `${name}.twin`) };
  for (const each of graph.nodes)
    if (random() < 0.5)
      each.inputs = each.inputs.map((name) => (node.outputs.includes(name) ? `${name}.twin` : name));
  graph.nodes.splice(Math.floor(random() * graph.nodes.length), 0, copy);
  return `duplicate ${node.op} ${node.outputs[0]}`;
};

const shuffle: Mutation = ({ graph, random }) => {
  graph.nodes = graph.nodes
    .map((node) => ({ node, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ node }) => node);
  return 'shuffle nodes';
};

const rewire: Mutation = ({ graph, zone, random }) => {
  const node = pick(random, zone);
  const at = Math.floor(random() * node.inputs.length);
  const values = [...zone.flatMap(({ outputs }) => outputs), ...graph.initializers.map(({ name }) => name)];
  const value = random() < 0.1 ? pick(random, ['', 'nowhere']) : pick(random, values);
  const before = node.inputs[at];
  node.inputs = node.inputs.map((name, i) => (i === at ? value : name));
  return `${node.op} ${node.outputs[0]}: ${before} -> ${value}`;
};

const swap: Mutation = ({ zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ inputs }) => inputs.length > 1),
  );
  if (!node) return undefined;
  const at = Math.floor(random() * (node.inputs.length - 1));
  const [a = '', b = ''] = node.inputs.slice(at, at + 2);
  node.inputs = node.inputs.map((name, i) => (i === at ? b : i === at + 1 ? a : name));
  return `swap inputs ${at} of ${node.op} ${node.outputs[0]}`;
};

const permute: Mutation = ({ zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ op }) => op === 'Transpose'),
  );
  if (!node) return undefined;
  const perm = pick(random, [
    [0, 1, 2, 3],
    [0, 2, 1, 3],
    [0, 2, 3, 1],
    [0, 1, 3, 2],
    [0, 3, 1, 2],
    [0, 3, 2, 1],
    [0, 2, 1],
  ]);
  setAttribute(node, integersAttribute('perm', perm));
  return `${node.outputs[0]}.perm = ${perm}`;
};

const versions: Mutation = ({ model, random }) => {
  const opset = model.opsets.find(({ domain }) => domain === '');
  if (opset && random() < 0.8)
    opset.version = BigInt(pick(random, [1, 9, 11, 12, 13, 14, 18, 21, 23, 24, 26, 27]));
  else model.irVersion = BigInt(pick(random, [0, 3, 4, 7, 9, 12, 13, 14]));
  return `opset ${opset?.version}, IR ${model.irVersion}`;
};

const tensor: Mutation = ({ graph, zone, random }) => {
  const read = new Set(zone.flatMap(({ inputs }) => inputs));
  const chosen = pick(
    random,
    graph.initializers.filter(({ name }) => read.has(name)),
  );
  if (!chosen) return undefined;
  if (random() < 0.4) {
    const at = Math.floor(random() * chosen.dims.length);
    const size = pick(random, [0n, 1n, 2n, 3n, 8n, 2n ** 40n, 2n ** 62n]);
    chosen.dims = chosen.dims.map((dim, i) => (i === at ? size : dim));
    return `dims of ${chosen.name} = ${chosen.dims}`;
  }
  const raw = chosen.fields.find(({ number }) => number === 9)?.value;
  if (!(raw instanceof Uint8Array)) return undefined;
  const at = Math.floor(random() * raw.length);
  const changed = Uint8Array.from(raw);
  changed[at] = pick(random, [0, 1, 2, 4, 127, 128, 255, (raw[at] ?? 0) + 1]);
  chosen.fields = chosen.fields.map((field) => (field.number === 9 ? { ...field, value: changed } : field));
  return `byte ${at} of ${chosen.name} = ${changed[at]}`;
};

const between: Mutation = ({ graph, zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ op }) => /Softmax|MatMul|Einsum|Attention|Exp|Div/.test(op)),
  );
  if (!node) return undefined;
  const at = Math.floor(random() * Math.min(3, node.inputs.length));
  const value = node.inputs[at];
  if (!value) return undefined;
  const add = (name: string, ...values: number[]): string => {
    graph.initializers.push(tensorOf(name, [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  };
  const slice = (from: number, to: number): EditableNode =>
    nodeOf(
      'Slice',
      [value, add('new.from', from), add('new.to', to), add('new.axes', pick(random, [-1, -2, 1]))],
      ['new'],
    );
  graph.initializers.push(tensorOf('new.c', [1], Float32Array.of(pick(random, [0, 1, -1, 2, 0.01]))));
  const axis = pick(random, [-1, -2, 1]);
  const inserted = pick(random, [
    slice(1, 1000),
    slice(0, -1),
    nodeOf('Concat', [value, value], ['new'], { attributes: [integerAttribute('axis', axis)] }),
    nodeOf('Softmax', [value], ['new'], { attributes: [integerAttribute('axis', axis)] }),
    nodeOf('Mul', [value, 'new.c'], ['new']),
    nodeOf('Add', [value, 'new.c'], ['new']),
    nodeOf('Pow', [value, 'new.c'], ['new']),
    nodeOf('Mul', [value, value], ['new']),
    nodeOf(pick(random, ['Relu', 'Neg', 'Tanh', 'Identity', 'Abs', 'Round', 'Sigmoid']), [value], ['new']),
    nodeOf('Transpose', [value], ['new'], { attributes: [integersAttribute('perm', [0, 1, 3, 2])] }),
  ]);
  node.inputs = node.inputs.map((name, i) => (i === at ? 'new' : name));
  graph.nodes.push(inserted);
  return `${inserted.op} between ${value} and ${node.op} ${node.outputs[0]}`;
};

const collide: Mutation = ({ graph, zone, random }) => {
  const node = pick(random, zone);
  const old = node.outputs[0] ?? '';
  const name = pick(random, ['assay.0.0.scores', 'assay.0.1.constant', 'assay.queries', 'assay.0.5.Concat']);
  if (random() < 0.3) {
    node.inputs = node.inputs.map((each, i) => (i === 0 ? name : each));
    return `${node.op} ${old} reads ${name}`;
  }
  node.outputs = node.outputs.map((each, i) => (i === 0 ? name : each));
  for (const each of graph.nodes) each.inputs = each.inputs.map((input) => (input === old ? name : input));
  return `rename ${old} to ${name}`;
};

const asked: Mutation = ({ graph, zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ op }) => /Attention$/.test(op)),
  );
  if (!node) return undefined;
  const outputs = Array.from({ length: 4 }, (_, i) => node.outputs[i] ?? '');
  outputs[3] = 'already';
  node.outputs = outputs;
  if (random() < 0.5) graph.outputs.push({ name: 'already', fields: [] });
  return `${node.op} ${outputs[0]} has a fourth output`;
};

const without: Mutation = ({ zone, random }) => {
  const node = pick(
    random,
    zone.filter(({ op, inputs }) => /Attention$/.test(op) && inputs.length > 3),
  );
  if (!node) return undefined;
  const at = 1 + Math.floor(random() * (node.inputs.length - 1));
  node.inputs = node.inputs.map((name, i) => (i === at ? '' : name));
  return `${node.op} without input ${at}`;
};

const cycle: Mutation = ({ graph, zone, random }) => {
  const node = pick(random, zone);
  const later = pick(random, graph.nodes).outputs[0] ?? '';
  node.inputs = node.inputs.map((name, i) => (i === 0 ? later : name));
  return `${node.op} ${node.outputs[0]} reads ${later}`;
};

const replace: Mutation = ({ zone, random }) => {
  const node = pick(random, zone);
  const before = node.op;
  const near: Readonly<Record<string, readonly string[]>> = {
    Softmax: ['LogSoftmax', 'Hardmax', 'Sigmoid', 'Relu'],
    Add: ['Sub', 'Mul', 'Max', 'Min', 'Div'],
    Mul: ['Add', 'Div', 'Pow', 'Max'],
    Div: ['Mul', 'Sub'],
    MatMul: ['Add', 'Mul'],
  };
  node.op = pick(random, near[node.op] ?? ['Identity', 'Abs', 'Neg', 'Softmax', 'Exp']);
  return `${before} ${node.outputs[0]} becomes ${node.op}`;
};

export const STRUCTURAL: readonly Mutation[] = [
  attribute,
  between,
  rewire,
  permute,
  bypass,
  replace,
  scale,
  swap,
  tensor,
  duplicate,
  shuffle,
  collide,
  without,
  asked,
  versions,
  cycle,
];
