// Times attention in a process of its own: node attention-worker.mjs STYLE TOKENS VOCABULARY ROUNDS FOLDER
// Prints one JSON line per comparison with the plain forward pass: CPU milliseconds of alternating runs.
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { readOnnx } from '../../dist/esm/formats/onnx/read.js';
import { rewriteOnnx } from '../../dist/esm/formats/onnx/rewrite.js';
import { planTap } from '../../dist/esm/tap/tap.js';
import { alternate, ratioOf } from './alternate.mjs';
import { prompt } from './host.mjs';
import { SHAPE, writeStyle } from './styles.mjs';

const [style, tokens, vocabulary, rounds, folder] = process.argv
  .slice(2)
  .map((text, at) => (at > 0 && at < 4 ? Number(text) : text));
const session = {
  intra_op: { allow_spinning: '0' },
  model_external_initializers_file_folder_path: folder,
};
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4, extra: { session } };
const ids = BigInt64Array.from(prompt(tokens, vocabulary), BigInt);
const feeds = { input_ids: new ort.Tensor('int64', ids, [1, tokens]) };

writeStyle(folder, style, { tokens, vocabulary });
const bytes = readFileSync(`${folder}/model.onnx`);
const source = {
  name: 'model.onnx',
  size: bytes.length,
  read: async (at, length) => bytes.subarray(at, at + length),
};
const model = await readOnnx(source);
const tapped = async (tap) => {
  const { edit, opsets, sites } = planTap(model, tap);
  if (sites.length !== SHAPE.layers) throw new Error(`${style}: ${sites.length} layers were found`);
  return create(await rewriteOnnx(source, { place: () => undefined, edit, opsets }));
};
const create = (graph) => ort.InferenceSession.create(graph, options);

const plain = cpu(await create(bytes));
await compare('statistics and logits', cpu(await tapped({ keep: ['logits'] })));
await compare('with head similarity', cpu(await tapped({ keep: ['logits'], similarity: true })));
await compare('statistics alone', cpu(await tapped({})));
if (style === 'softmax') {
  writeStyle(folder, style, { tokens, vocabulary, probabilities: true });
  const whole = await create(readFileSync(`${folder}/model.onnx`));
  await compare('maps to JavaScript', cpu(whole, entropies));
}

async function compare(name, run) {
  const pairs = await alternate(plain, run, { rounds, warmUp: 1 });
  console.log(JSON.stringify({ name, ...ratioOf(pairs) }));
}

/** Processor time of one run: other load on the machine is not in it. */
function cpu(opened, use = () => undefined) {
  return async () => {
    const before = process.cpuUsage();
    use(await opened.run(feeds));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** What a caller does who gets the maps: −Σ p·log2 p of every query. */
function entropies(outputs) {
  const rows = [];
  for (const [name, { data, dims }] of Object.entries(outputs)) {
    if (!name.startsWith('attentions')) continue;
    const keys = dims[3];
    for (let row = 0; row < data.length; row += keys) {
      let bits = 0;
      for (let at = row; at < row + keys; at++) if (data[at] > 0) bits -= data[at] * Math.log2(data[at]);
      rows.push(bits);
    }
  }
  return rows;
}
