import { baseName, matchReleases, smallFiles } from '../../core/release-match.js';
import type { Detail, FileDigest, FilesEvidence, Signal, VariantView } from '../../core/types.js';
import files from '../probes/files.js';

/** Chance that a delivery carries the pointers or the configuration of another model. */
const MISPLACED = 1e-2;
/** Chance that another model has files of the same names and sizes: relatives of one shape do. */
const SAME_SIZES = 0.2;
/** Files that name one release; tokenizer and generation settings are shared within a family. */
const TELLING = new Set(['config.json', 'model.safetensors.index.json']);

interface Hint {
  readonly variant: VariantView;
  readonly pointers: number;
  readonly small: readonly string[];
  readonly sized: number;
}

/**
 * Claim: Git-LFS pointers, configuration and shard index of a release say which release a delivery means to be.
 * Method: SHA-256 of config.json and the shard index, digests that pointers state, and names and sizes of weight
 * files that were not hashed, against the digest books of all versions.
 * Source: the Git-LFS pointer format, version 1; digests from the public copies that the profile cites.
 * Assumptions: none of the weights; nothing here was computed from them.
 * Error rates: set by policy (1e-2, and 0.2 for sizes alone), not measured.
 * Evasion: copying a few small text files. So this never upholds a claim, and DeepSeek-V3 has the size of R1 to the
 * byte.
 */
const releaseClaims: Signal = {
  id: 'release-claims',
  title: 'Release the metadata name',
  group: 'claims',
  spoofing: 'trivial',
  needs: [files],
  score: ({ candidate, variants, strangers }) => {
    const { files: delivered, weights } = candidate.files as FilesEvidence;
    const hints = [...variants, ...strangers].map((variant) => hintOf(delivered, weights, variant));
    const named = hints.filter(({ pointers, small }) => pointers > 0 || small.length > 0);
    const best = strongest(named);
    const hinted = best.length > 0 ? best : hints.filter(({ sized }) => sized > 0);
    if (hinted.length === 0)
      return {
        status: 'skipped',
        reason: 'no pointer, configuration or file size is that of a published release',
      };
    const against = Math.log(best.length > 0 ? MISPLACED : SAME_SIZES);
    const ids = new Set(hinted.map(({ variant }) => variant.id));
    return {
      status: 'scored',
      observed: hinted.map(words).join('; '),
      expected: {},
      logLikelihood: {
        ...Object.fromEntries(variants.map(({ id }) => [id, ids.has(id) ? 0 : against])),
        other: strangers.some(({ id }) => ids.has(id)) ? 0 : against,
      },
      n: hinted.length,
      details: hinted.map(
        (hint): Detail => ({ type: 'text', label: `metadata of ${hint.variant.id}`, value: words(hint) }),
      ),
    };
  },
};
export default releaseClaims;

function hintOf(delivered: readonly FileDigest[], weights: readonly string[], variant: VariantView): Hint {
  const book = variant.files ?? [];
  const matches = matchReleases(delivered, weights, book);
  const whole = (list: (match: (typeof matches)[number]) => readonly string[]): number =>
    Math.max(0, ...matches.filter((match) => list(match).length === match.files).map(({ files: n }) => n));
  const published = new Map(smallFiles(book).map(({ name, sha256 }) => [sha256, name]));
  const small = delivered.flatMap(({ path, sha256 }) => {
    const name = published.get(sha256 ?? '');
    return name !== undefined && TELLING.has(name) && baseName(path) === name ? [name] : [];
  });
  return {
    variant,
    pointers: whole(({ claimed }) => claimed),
    small,
    sized: whole(({ sized }) => sized),
  };
}

/** Pointers to all files of a release name it best, then the small files. */
function strongest(hints: readonly Hint[]): Hint[] {
  const weight = ({ pointers, small }: Hint): number => (pointers > 0 ? 10 : 0) + small.length;
  const most = Math.max(0, ...hints.map(weight));
  return hints.filter((hint) => weight(hint) === most);
}

function words({ variant, pointers, small, sized }: Hint): string {
  const parts = [
    ...(pointers > 0 ? [`${pointers} Git-LFS pointers`] : []),
    ...small,
    ...(pointers === 0 && small.length === 0 ? [`names and sizes of ${sized} files`] : []),
  ];
  return `${parts.join(', ')} of "${variant.id}"`;
}
