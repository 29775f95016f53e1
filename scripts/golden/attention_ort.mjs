// Runs the models that attention_ort.py prepared and writes every output beside them. One argument: their folder.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const root = process.argv[2];
const ARRAYS = {
  int64: BigInt64Array,
  int32: Int32Array,
  float32: Float32Array,
  float16: Uint16Array,
  bool: Uint8Array,
};

function tensor({ type, dims, values }) {
  const data = type === 'int64' ? values.map(BigInt) : values;
  return new Tensor(type, ARRAYS[type].from(data), dims);
}

async function run(folder) {
  const feeds = JSON.parse(readFileSync(`${folder}/feeds.json`, 'utf8'));
  const session = await InferenceSession.create(`${folder}/model.onnx`, { logSeverityLevel: 4 });
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)]));
  const outputs = Object.entries(await session.run(inputs));
  for (const [i, [, { data }]] of outputs.entries())
    writeFileSync(`${folder}/${i}.bin`, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return outputs.map(([name, { type, dims }], i) => ({ name, type, dims, file: `${i}.bin` }));
}

for (const name of readdirSync(root).sort()) {
  const result = await run(`${root}/${name}`).catch((error) => ({ error: error.message }));
  writeFileSync(`${root}/${name}/outputs.json`, JSON.stringify(result));
}
