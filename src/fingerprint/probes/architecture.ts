import type { Architecture, Probe } from '../../core/types.js';
import { readArchitecture } from '../architecture.js';

/** Structure of the model from its graph, tensor shapes and configuration. */
const architecture: Probe<Architecture> = {
  id: 'architecture',
  version: 1,
  requires: ['weights'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ weights }, { signal }) => readArchitecture(await weights.structure(signal)),
};
export default architecture;
