import { matchReleases, type ReleaseMatch } from '../../core/release-match.js';
import type { Confidence, Detail, FilesEvidence, Signal, VariantView } from '../../core/types.js';
import files from '../probes/files.js';

/** Chance that a published digest is assigned to the wrong version, by how well it is attested. */
const CLERICAL_ERROR: Readonly<Record<Confidence, number>> = { high: 1e-6, medium: 1e-4, low: 5e-2 };
/** Chance that some files of a genuine delivery are not those of the release: a new upload, a damaged copy. */
const CHANGED_FILES = 1e-2;

interface Found extends ReleaseMatch {
  readonly variant: VariantView;
}

/**
 * Claim: weight files with the published SHA-256 of a release are that release.
 * Method: digests of the delivered weight files, computed here, against the digest books of all versions. A release
 * that is there file by file, with no weights beside it, decides up to the confidence of its source. Where only some
 * files are equal the version was changed or is incomplete; the verdict names the files and upholds nothing.
 * Source: FIPS 180-4; digests from the public copies that the profile cites. A match says "matches a published
 * digest", never that the publisher vouches for it.
 * Assumptions: the profile assigns digests to the right versions.
 * Error rates: set by policy, not measured: a digest is assigned wrongly once in 1e6 where many sources agree, 1e4 for
 * a third-party mirror or a curated list, 20 for a single quotation, which therefore decides nothing.
 * Evasion: none towards a match. A seller who delivers genuine files but serves others is not seen here.
 */
const releaseFiles: Signal = {
  id: 'release-files',
  title: 'Published digests',
  group: 'identity',
  spoofing: 'infeasible',
  needs: [files],
  score: ({ candidate, variants, strangers }) => {
    const { files: delivered, weights } = candidate.files as FilesEvidence;
    const found = [...variants, ...strangers].flatMap((variant): Found[] =>
      matchReleases(delivered, weights, variant.files ?? []).map((match) => ({ ...match, variant })),
    );
    if (found.length === 0)
      return { status: 'skipped', reason: 'the profile has no published digests of whole releases' };
    const equal = found.filter((match) => match.equal.length > 0);
    const whole = equal.filter(isWhole);
    const best = whole.length > 0 ? whole : mostEqual(equal);
    if (best.length === 0)
      return {
        status: 'skipped',
        reason:
          'no delivered weight file that was hashed has a published digest; a conversion of the same model has none either',
      };
    return {
      status: 'scored',
      observed: best.map(words).join('; '),
      expected: Object.fromEntries(found.map(({ variant, files: count }) => [variant.id, size(count)])),
      logLikelihood: likelihoods(best, variants),
      n: Math.max(...best.map((match) => match.equal.length)),
      details: best.flatMap(details),
    };
  },
};
export default releaseFiles;

function isWhole({ equal, files: count, unlisted }: ReleaseMatch): boolean {
  return equal.length === count && unlisted === 0;
}

function mostEqual(found: readonly Found[]): Found[] {
  const most = Math.max(0, ...found.map(({ equal }) => equal.length));
  return found.filter(({ equal }) => equal.length === most);
}

function likelihoods(best: readonly Found[], variants: readonly VariantView[]): Record<string, number> {
  const against = Math.log(Math.min(...best.map(({ confidence }) => CLERICAL_ERROR[confidence])));
  const logs: Record<string, number> = { other: against };
  const raise = (id: string, log: number): void => {
    logs[id] = Math.max(logs[id] ?? against, log);
  };
  for (const { id } of variants) raise(id, against);
  for (const match of best) {
    const { variant, different, unlisted } = match;
    const changed = different.length > 0 || unlisted > 0;
    const known = variants.some(({ id }) => id === variant.id);
    // A stranger is no hypothesis of its own, and its changed copy is none either.
    raise(known ? variant.id : 'other', changed ? Math.log(CHANGED_FILES) : 0);
    if (isWhole(match)) continue;
    const copy = variants.find(({ impliedBy, kind }) => impliedBy === variant.id && kind === 'other');
    raise(copy?.id ?? 'other', 0);
  }
  return logs;
}

const size = (count: number): string => (count === 1 ? 'its published file' : `its ${count} published files`);

function words({ variant, equal, files: count, source, confidence, unlisted }: Found): string {
  const beside = unlisted > 0 ? `, with ${unlisted} other weight files` : '';
  return `${equal.length} of ${count} weight files of "${variant.id}" match a published digest (source ${source}, ${confidence} confidence)${beside}`;
}

function details({ variant, equal, different, absent, files: count }: Found): Detail[] {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['different', different],
    ['absent', absent],
  ];
  return [
    { type: 'number', label: `equal to ${variant.id}`, value: equal.length, unit: `of ${count}` },
    ...rows
      .filter(([, names]) => names.length > 0)
      .map(
        ([label, names]): Detail => ({
          type: 'text',
          label: `${label}, ${variant.id}`,
          value: names.join(', '),
        }),
      ),
  ];
}
