import type { Architecture, Probe } from '../../core/types.js';
import { readArchitecture } from '../architecture.js';
import { headRepeatsEmbedding } from '../repeated-head.js';

/** Structure of the model from its graph, tensor shapes and configuration. */
const architecture: Probe<Architecture> = {
  id: 'architecture',
  version: 2,
  requires: ['weights'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ weights }, { signal, headersOnly }) => {
    const structure = await weights.structure(signal);
    const repeated = headersOnly ? undefined : await headRepeatsEmbedding(weights, structure);
    return readArchitecture(structure, { headRepeatsEmbedding: repeated });
  },
};
export default architecture;
