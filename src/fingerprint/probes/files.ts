import type { FilesEvidence, Probe } from '../../core/types.js';

/** Every delivered file, with its SHA-256 unless only headers are to be read. */
const files: Probe<FilesEvidence> = {
  id: 'files',
  version: 1,
  requires: ['files'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: ({ files: capability }, { signal, progress, warn }) =>
    capability.digest({ signal, onBytes: progress, warn }),
};
export default files;
