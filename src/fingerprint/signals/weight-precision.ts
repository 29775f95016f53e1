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
 * Assumptions: the version's own storage is in the profile (an FP8 release is native, not quantized, and may be
 * delivered in more bits than it has).
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
    const fits = ({ facts, kind }: VariantView): boolean =>
      typeof facts.weightBits !== 'number' ||
      storage(facts.weightBits) === seen ||
      // A release in 8 bits (FP8) converted to floats has lost nothing.
      (kind === 'full' && weightBits.value > facts.weightBits);
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
          variants.map((variant) => {
            const { id, kind, impliedBy } = variant;
            const ok =
              impliedBy !== undefined && kind === 'quantized' ? weightBits.value <= 8 : fits(variant);
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
