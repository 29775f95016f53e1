import type { Architecture, Signal, VariantView } from '../../core/types.js';
import architectureProbe from '../probes/architecture.js';

/** Chance that the storage of the matrices is misread. */
const READING_ERROR = 1e-6;

const storage = (bits: number): string => (bits >= 16 ? 'floating point' : `${bits}-bit`);

/**
 * Claim: weights stored in 8 bits or fewer are not the full-precision version.
 * Method: bits of the narrowest type that holds at least a tenth of the matrix elements; 16, 32 and 64 bits
 * count as one class, because converting between them is no downgrade.
 * Source: ONNX TensorProto.data_type and MatMulNBits attributes.
 * Assumptions: the version's own storage is in the profile (an FP8 release is native, not quantized).
 * Error rates: set by policy (1e-6), not measured.
 * Evasion: de-quantizing before delivery restores the type; the log-probability signals still see the loss.
 */
const weightPrecision: Signal = {
  id: 'weight-precision',
  title: 'Weight precision',
  group: 'precision',
  spoofing: 'trivial',
  needs: [architectureProbe],
  score: ({ candidate, variants }) => {
    const { weightBits, weightTypes } = candidate.architecture as Architecture;
    if (weightBits === null) return { status: 'skipped', reason: 'the file shows no weight matrices' };
    const seen = storage(weightBits.value);
    const fits = (facts: VariantView['facts']): boolean =>
      typeof facts.weightBits !== 'number' || storage(facts.weightBits) === seen;
    return {
      status: 'scored',
      observed: seen,
      expected: Object.fromEntries(
        variants.flatMap(({ id, facts, impliedBy }) =>
          impliedBy === undefined && typeof facts.weightBits === 'number'
            ? [[id, storage(facts.weightBits)]]
            : [],
        ),
      ),
      logLikelihood: {
        ...Object.fromEntries(
          variants.map(({ id, kind, impliedBy, facts }) => {
            const ok = impliedBy !== undefined && kind === 'quantized' ? weightBits.value <= 8 : fits(facts);
            return [id, ok ? 0 : Math.log(READING_ERROR)];
          }),
        ),
        other: 0,
      },
      n: 1,
      details: Object.entries(weightTypes).map(([type, value]) => ({
        type: 'number',
        label: type,
        value,
        unit: 'weights',
      })),
    };
  },
};
export default weightPrecision;
