import type { FilesEvidence, Probe } from '../../core/types.js';

/** SHA-256 of every delivered file. */
const files: Probe<FilesEvidence> = {
  id: 'files',
  version: 1,
  requires: ['files'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: ({ files: capability }, { signal, progress }) => capability.digest({ signal, onBytes: progress }),
};
export default files;
