import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { readOnnx } from '../../dist/esm/formats/onnx/read.js';
import { rewriteOnnx } from '../../dist/esm/formats/onnx/rewrite.js';
import { planTap } from '../../dist/esm/tap/tap.js';
import { prompt } from './host.mjs';
import { SHAPE, writeStyle } from './styles.mjs';

/** A model of one export style on disk, with what opens it: as it is, with its own maps, or tapped; on one thread. */
export async function styleSessions(style, { tokens, vocabulary, folder }) {
  writeStyle(folder, style, { tokens, vocabulary });
  const bytes = readFileSync(`${folder}/model.onnx`);
  const source = {
    name: 'model.onnx',
    size: bytes.length,
    read: async (at, length) => bytes.subarray(at, at + length),
  };
  const model = await readOnnx(source);
  const session = {
    intra_op: { allow_spinning: '0' },
    model_external_initializers_file_folder_path: folder,
  };
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4, extra: { session } };
  const create = (graph) => ort.InferenceSession.create(graph, options);
  const ids = BigInt64Array.from(prompt(tokens, vocabulary), BigInt);
  return {
    feeds: { input_ids: new ort.Tensor('int64', ids, [1, tokens]) },
    plain: () => create(bytes),
    maps: () => {
      writeStyle(folder, style, { tokens, vocabulary, probabilities: true });
      return create(readFileSync(`${folder}/model.onnx`));
    },
    tapped: async (tap) => {
      const { edit, opsets, sites } = planTap(model, tap);
      if (sites.length !== SHAPE.layers) throw new Error(`${style}: ${sites.length} layers were found`);
      return create(await rewriteOnnx(source, { place: () => undefined, edit, opsets }));
    },
  };
}
