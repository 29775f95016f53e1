/** A child that runs tapped graphs with the package's own reader, and plain graphs for comparison. */
import { AttentionModel } from '../../dist/esm/io/runtime/attention.js';
import { importRuntime } from '../../dist/esm/io/runtime/ort.js';

const OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
};
const ARRAYS = {
  int64: BigInt64Array,
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  float16: Uint16Array,
};

async function measure({ config, ids }) {
  const model = new AttentionModel(config);
  try {
    return await model.measure(ids);
  } finally {
    await model.release();
  }
}

async function run({ bytes, folder, feeds }) {
  const ort = await importRuntime();
  const extra = {
    session: { model_external_initializers_file_folder_path: folder, intra_op: { allow_spinning: '0' } },
  };
  const session = await ort.InferenceSession.create(bytes, { ...OPTIONS, extra });
  try {
    const tensors = Object.entries(feeds)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, { type, data, dims }]) => [name, new ort.Tensor(type, new ARRAYS[type](data), dims)]);
    const outputs = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { type, data, dims }]) => [name, { type, data, dims: [...dims] }]),
    );
  } finally {
    await session.release();
  }
}

process.on('message', ({ id, kind, args }) => {
  (kind === 'measure' ? measure(args) : run(args)).then(
    (value) => process.send({ id, value }),
    (error) => process.send({ id, error: { code: error.code ?? 'uncoded', message: String(error.message) } }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send({ id: 0 });
