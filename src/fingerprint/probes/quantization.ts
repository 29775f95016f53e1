import type { Probe } from '../../core/types.js';
import { type LatticeEvidence, sampleLattices } from '../lattice-sample.js';
import { type QuantizationStorage, storageOf } from '../quantization.js';

export interface QuantizationEvidence extends QuantizationStorage {
  readonly lattice: LatticeEvidence;
}

const NOTHING_READ: LatticeEvidence = { judged: 0, abstained: 0, grids: [], nonFinite: 0, constant: 0 };

/** How weights are stored, whether labels say so, and whether floats hold more than a quantized copy would. */
const quantization: Probe<QuantizationEvidence> = {
  id: 'quantization',
  version: 1,
  requires: ['weights'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ weights }, { rng, signal, headersOnly }) => {
    const structure = await weights.structure(signal);
    const lattice = headersOnly ? NOTHING_READ : await sampleLattices(weights, structure, { rng, signal });
    return { ...storageOf(structure), lattice };
  },
};
export default quantization;
