import type { Detail, LayoutChange, Signal, VariantView } from '../../core/types.js';
import tensorDigests, { type TensorDigests } from '../probes/tensor-digests.js';
import { matchTensors, type TensorMatch } from '../tensor-match.js';

/** Chance that a profile's digests are of another version: a clerical error, since SHA-256 collisions are out of reach. */
const CLERICAL_ERROR = 1e-9;
/** Masks and tables of exporters stay below this share of the numbers; a second model does not. */
const MOST_UNPLACED = 0.01;
/** Exporters fold some small vectors into others; matrices they keep. */
const LEAST_COVERAGE = 0.99;

/** Weights of one kind that a report names. */
const NAMED = 5;

const UNDONE: Readonly<Record<LayoutChange, string>> = {
  'query-key-permutation': 'llama.cpp’s order of query and key rows',
  transposition: 'matrices stored as [in, out]',
  fused: 'projections stored as one matrix',
  'stacked-experts': 'experts stored as one tensor',
};

/**
 * Claim: a delivery whose weights hold a reference's numbers is that reference, whatever files they come in.
 * Method: SHA-256 over the numbers of each weight in its logical orientation, after undoing shards, containers, stacking,
 * transposition and llama.cpp's permutation of query and key rows; equal as they are, or after rounding both to
 * F16 or BF16. Every weight of the candidate must match, none may be left out, matrices of unknown names may hold 1 %, and
 * the matching ones must hold 99 % of the reference's numbers. An output matrix that repeats the embedding counts once.
 * Source: FIPS 180-4; conversions of llama.cpp's convert_hf_to_gguf.py.
 * Assumptions: the profile was built from genuine files.
 * Error rates: none measured; a match is wrong only if the profile is. No match says nothing: one changed number
 * changes a digest, and quantized copies change all of them.
 * Evasion: matrices under names that nobody knows, run by code of the delivery, are caught from 1 % of the numbers on;
 * prediction layers and rotary tables are not compared; a graph may compute something else with genuine weights, which
 * log-probabilities see. A seller who delivers genuine files but serves others is not seen here.
 */
const weightTensors: Signal = {
  id: 'weight-tensors',
  title: 'Tensor digests',
  group: 'identity',
  spoofing: 'infeasible',
  needs: [tensorDigests],
  score: ({ candidate, variants, strangers }) => {
    const seen = candidate['tensor-digests'] as TensorDigests;
    const matches = variants.flatMap((variant) => bestMatch(seen, variant));
    if (seen.tensors.length === 0 || matches.length === 0)
      return { status: 'skipped', reason: 'no weights that a reference holds too' };
    const whole = isWhole(seen);
    const same = matches.filter(({ match }) => whole && isSame(match)).map(({ id }) => id);
    const stranger = strangers.some((view) => bestMatch(seen, view).some(({ match }) => isSame(match)));
    const against = Math.log(CLERICAL_ERROR);
    const decided = same.length > 0 || stranger;
    return {
      status: 'scored',
      observed: matches.map(({ id, match }) => summary(id, match, seen)).join('; '),
      expected: Object.fromEntries(matches.map(({ id }) => [id, 'all weights equal'])),
      logLikelihood: decided
        ? {
            ...Object.fromEntries(variants.map(({ id }) => [id, same.includes(id) ? 0 : against])),
            other: stranger ? 0 : against,
          }
        : {},
      n: seen.tensors.length,
      details: matches.flatMap(({ id, match }) => describe(id, match)),
    };
  },
};
export default weightTensors;

function bestMatch(seen: TensorDigests, { id, runs }: VariantView): { id: string; match: TensorMatch }[] {
  const matches = runs.flatMap(({ data }) => {
    const theirs = data['tensor-digests'] as TensorDigests | undefined;
    return theirs ? [matchTensors(seen, theirs)] : [];
  });
  const [best] = matches.sort((a, b) => b.equal - a.equal);
  return best ? [{ id, match: best }] : [];
}

/** All weights were digested, and nothing else is there that could be run instead of them. */
function isWhole({ tensors, leftOut, unplaced }: TensorDigests): boolean {
  const digested = tensors.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  return leftOut === 0 && unplaced <= MOST_UNPLACED * digested;
}

function isSame({ equal, compared, unmatched, coverage }: TensorMatch): boolean {
  return equal > 0 && equal === compared && unmatched.length === 0 && coverage >= LEAST_COVERAGE;
}

function summary(id: string, match: TensorMatch, { undone }: TensorDigests): string {
  const share = `${match.equal} of ${match.compared + match.unmatched.length} weights equal "${id}"`;
  if (match.equal === 0) return share;
  const remarks = [
    ...undone.map((change) => `after undoing ${UNDONE[change]}`),
    ...match.rounded.map((type) => `after rounding to ${type.toUpperCase()}`),
    ...(match.tiedCopy ? ['an output matrix repeats the embedding'] : []),
  ];
  return [share, ...remarks].join(', ');
}

function describe(id: string, { equal, compared, different, unmatched, coverage }: TensorMatch): Detail[] {
  const named = (label: string, ids: readonly string[]): Detail[] =>
    ids.length === 0 ? [] : [{ type: 'text', label, value: ids.slice(0, NAMED).join(', ') }];
  return [
    { type: 'number', label: `weights compared with ${id}`, value: compared },
    { type: 'number', label: `weights equal to ${id}`, value: equal },
    { type: 'number', label: `numbers of ${id} in equal weights`, value: 100 * coverage, unit: '%' },
    // Of an unrelated model all differ; where most are equal, the rest is what somebody changed.
    ...(equal > 0 ? named(`other numbers than in ${id}`, different) : []),
    ...named(`not in ${id}`, unmatched),
  ];
}
