import type { Architecture, Detail, Signal, VariantView } from '../../core/types.js';
import architectureProbe from '../probes/architecture.js';
import quantizationProbe, { type QuantizationEvidence } from '../probes/quantization.js';

/** Chance that the storage of the matrices is misread: types and packings are read strictly, and grids need many windows. */
const READING_ERROR = 1e-6;
/**
 * Chance that weights rounded to a grid do not show it: the schemes measured all did, but noise, training and inputs put
 * in another order (GPTQ) hide it. Where no weights were read nothing looked for one.
 */
const UNSEEN_GRID = 1e-2;
const UNREAD_GRID = 0.1;
/** Share of pruned and tuned copies that were quantized too: usual among published files, and then both names are true. */
const QUANTIZED_TOO = 1e-2;
/** Matrices that must have been judged before grids speak for the whole model. */
const MIN_JUDGED = 3;

/** Bits of one weight: of its container, or of the grid that floats lie on. */
interface Precision {
  readonly bits: number;
  readonly dequantized: boolean;
  /** Enough floats were read to see a grid. */
  readonly searched: boolean;
}

const storage = (bits: number): string => (bits >= 16 ? 'floating point' : `${bits}-bit`);

/**
 * Claim: weights that hold 8 bits or fewer are not the full-precision version, whatever container they are stored in.
 * Method: bits of the narrowest type that holds at least a tenth of the matrix elements; 16, 32 and 64 bits count as one
 * class, because converting between them is no downgrade. Floats are read as the grid they lie on, where at least half
 * of the sampled matrices lie on one: few levels, equal steps or short mantissas in windows of 16 and 32 numbers.
 * Source: ONNX TensorProto.data_type and operator attributes; ggml types; names, types and shapes of packed tensors.
 * Assumptions: the version's own precision is in the profile. A release in 8 bits or fewer (FP8, MXFP4) may honestly be
 * converted to floats, so floats never speak against it.
 * Error rates: of the container, set by policy (1e-6), not measured. Of grids: 0 of 622 trained matrices in each of F32,
 * BF16 and F16, of 48 to 384 columns (617 judged); a model is called dequantized by at least three matrices and half of the sample.
 * Evasion: noise or training on top of dequantized weights hides the grid, as do groups scattered over a row (GPTQ with
 * reordered inputs); the log-probability signals still see the loss.
 */
const weightPrecision: Signal = {
  id: 'weight-precision',
  title: 'Weight precision',
  group: 'precision',
  spoofing: 'trivial',
  needs: [architectureProbe],
  wants: [quantizationProbe],
  score: ({ candidate, variants }) => {
    const { weightBits, weightTypes } = candidate.architecture as Architecture;
    const evidence = candidate.quantization as QuantizationEvidence | undefined;
    if (weightBits === null) return { status: 'skipped', reason: 'the file shows no weight matrices' };
    const seen = precisionOf(weightBits.value, evidence);
    return {
      status: 'scored',
      observed: seen.dequantized ? `${storage(seen.bits)}, stored as floating point` : storage(seen.bits),
      expected: Object.fromEntries(
        variants.flatMap(({ id, facts, impliedBy }) =>
          impliedBy === undefined && typeof facts.weightBits === 'number'
            ? [[id, storage(facts.weightBits)]]
            : [],
        ),
      ),
      logLikelihood: {
        ...Object.fromEntries(variants.map((variant) => [variant.id, Math.log(chance(seen, variant))])),
        other: 0,
      },
      n: 1,
      details: evidence
        ? [...methodDetails(evidence), ...gridDetails(evidence), ...labelDetails(evidence)]
        : Object.entries(weightTypes).map(([label, value]) => ({
            type: 'number',
            label,
            value,
            unit: 'weights',
          })),
    };
  },
};
export default weightPrecision;

function precisionOf(container: number, evidence: QuantizationEvidence | undefined): Precision {
  if (!evidence) return { bits: container, dequantized: false, searched: false };
  const { lattice } = evidence;
  const [most] = lattice.grids;
  const onGrid = lattice.grids.reduce((sum, { matrices }) => sum + matrices, 0);
  const searched = lattice.judged >= MIN_JUDGED;
  const dequantized = container >= 16 && most !== undefined && searched && 2 * onGrid >= lattice.judged;
  return { bits: dequantized ? most.bits : container, dequantized, searched };
}

/** Chance of the precision seen, of a copy of this kind. */
function chance(seen: Precision, variant: VariantView): number {
  const { kind, impliedBy } = variant;
  if (impliedBy !== undefined && kind === 'quantized')
    return seen.bits <= 8 ? 1 : seen.searched ? UNSEEN_GRID : UNREAD_GRID;
  if (fits(seen, variant)) return 1;
  return impliedBy !== undefined && (kind === 'pruned' || kind === 'finetuned')
    ? QUANTIZED_TOO
    : READING_ERROR;
}

function fits(seen: Precision, { kind, facts }: VariantView): boolean {
  const stated = facts.weightBits;
  if (typeof stated !== 'number') return true;
  if (!seen.dequantized && seen.bits < 16) return storage(stated) === storage(seen.bits);
  if (stated >= 16) return !seen.dequantized;
  // A copy sold as quantized may be dequantized; a release that is natively narrow may be converted, and keeps its bits.
  return kind === 'quantized' ? seen.dequantized : !seen.dequantized || seen.bits >= stated;
}

function methodDetails({ methods }: QuantizationEvidence): Detail[] {
  return methods.map(({ method, bits, group, elements, quantized }) => ({
    type: 'number',
    label: quantized
      ? `${method}, ${bits} bits${group === null ? '' : `, groups of ${[group].flat().join(' × ')}`}`
      : method,
    value: elements,
    unit: 'weights',
  }));
}

function gridDetails({ lattice }: QuantizationEvidence): Detail[] {
  return lattice.grids.map(({ kind, bits, matrices }) => ({
    type: 'text',
    label: `floats on a grid of ${bits} bits`,
    value: `${GRID_NAMES[kind]}, ${matrices} of ${lattice.judged} sampled matrices`,
  }));
}
const GRID_NAMES = {
  levels: 'a few levels',
  uniform: 'equal steps',
  float4: 'floats of 4 bits',
  float8: 'floats of 8 bits',
} as const;

function labelDetails({ labels }: QuantizationEvidence): Detail[] {
  return labels
    .filter(({ contradicts, note }) => contradicts || note !== undefined)
    .map(({ source, label, found, note }) => ({
      type: 'text',
      label: `${source} says ${label}`,
      value: note ?? `the layers hold ${found.join(', ')}`,
    }));
}
