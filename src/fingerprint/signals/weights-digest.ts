import type { Detail, FilesEvidence, Signal } from '../../core/types.js';
import files from '../probes/files.js';

/** Chance that a digest in a profile is wrong: a clerical error, since SHA-256 collisions are out of reach. */
const CLERICAL_ERROR = 1e-9;

/**
 * Claim: weight files with a reference's SHA-256 are that reference.
 * Method: SHA-256 over the digests of the audited weight files, compared with the digests in the profile.
 * Source: FIPS 180-4.
 * Assumptions: the profile was built from genuine files.
 * Error rates: none measured; a match is wrong only if the profile is. No match says nothing, because a
 * re-export changes every byte.
 * Evasion: none towards a match. A seller who delivers genuine files but serves others is not seen here.
 */
const weightsDigest: Signal = {
  id: 'weights-digest',
  title: 'Weight file digests',
  group: 'identity',
  spoofing: 'infeasible',
  needs: [files],
  score: ({ candidate, variants, strangers }) => {
    const { weightsDigest: digest, weights, files: all } = candidate.files as FilesEvidence;
    if (digest === null)
      return {
        status: 'skipped',
        reason: 'the files were listed and not read; leave out headers-only to hash them',
      };
    const matches = variants.filter(({ digests }) => digests.includes(digest)).map(({ id }) => id);
    const stranger = strangers.some(({ digests }) => digests.includes(digest));
    if ((matches.length === 0 && !stranger) || weights.length === 0) {
      return {
        status: 'skipped',
        reason: 'no reference has these weight bytes; another export of the same model would not either',
      };
    }
    const against = Math.log(CLERICAL_ERROR);
    return {
      status: 'scored',
      observed: digest.slice(0, 16),
      expected: Object.fromEntries(
        variants.flatMap(({ id, digests }) =>
          digests.length > 0 ? [[id, digests.map((d) => d.slice(0, 16)).join(', ')]] : [],
        ),
      ),
      logLikelihood: {
        ...Object.fromEntries(variants.map(({ id }) => [id, matches.includes(id) ? 0 : against])),
        other: stranger ? 0 : against,
      },
      n: weights.length,
      details: [
        { type: 'text', label: 'SHA-256 over the weight files', value: digest },
        ...remembered(all, weights),
      ],
    };
  },
};
export default weightsDigest;

/** What rests on an earlier run, for readers who accept only what this one read. */
function remembered(files: FilesEvidence['files'], weights: readonly string[]): Detail[] {
  const cached = files.filter((file) => file.cached && weights.includes(file.path)).length;
  if (cached === 0) return [];
  const value = `${cached} of ${weights.length}; unchanged since an earlier run hashed them`;
  return [{ type: 'text', label: 'Weight files not read again', value }];
}
