import type { Architecture, Probe } from '../../core/types.js';
import { readArchitecture } from '../architecture.js';
import { headRepeatsEmbedding } from '../repeated-head.js';

/**
 * Structure of the model from its tensors, graph, metadata and configuration. Beyond headers it reads a few rows of the
 * output matrix, where nothing else says whether that is a copy of the embedding.
 */
const architecture: Probe<Architecture> = {
  id: 'architecture',
  version: 2,
  requires: ['weights'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ weights }, { signal, headersOnly }) => {
    const structure = await weights.structure(signal);
    const fromHeaders = readArchitecture(structure);
    if (structure.format === 'onnx' || headersOnly || fromHeaders.tiedEmbeddings !== null) return fromHeaders;
    return readArchitecture(structure, {
      headRepeatsEmbedding: await headRepeatsEmbedding(weights, structure),
    });
  },
};
export default architecture;
