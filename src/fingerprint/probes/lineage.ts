import type { Probe } from '../../core/types.js';
import { collectLineage } from '../lineage/collect.js';
import type { LineageEvidence } from '../lineage/types.js';

/** Weights and what describes them whatever their order or basis, for the comparison with references. */
const lineage: Probe<LineageEvidence> = {
  id: 'lineage',
  version: 1,
  requires: ['weights'],
  reads: 'weights',
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: ({ weights }, { signal, progress }) => collectLineage(weights, { signal, progress }),
};
export default lineage;
