import { matchReleases } from '../core/release-match.js';
import type { Contradiction, Evidence, FilesEvidence, PublishedFile, SignalResult } from '../core/types.js';
import { bestRival, type Weighing } from './weigh.js';

/** Nats by which evidence that is costly to fake must favour the claim before it is upheld: odds of ten. */
export const COSTLY_SUPPORT = Math.log(10);

/** Why an otherwise sufficient case may not be upheld. */
export type Blocker =
  | { readonly code: 'probe-failed'; readonly probe: string; readonly error: string }
  | { readonly code: 'contradiction'; readonly probe: string; readonly fact: string; readonly values: string }
  | {
      readonly code: 'release-differs';
      readonly source: string;
      readonly equal: number;
      readonly files: number;
      /** Names in the release of files that are missing or have other bytes. */
      readonly names: readonly string[];
      /** Delivered weight files that the release does not have. */
      readonly unlisted: number;
    }
  | { readonly code: 'label'; readonly source: string; readonly label: string; readonly found: string }
  | {
      readonly code: 'manifest-differs';
      /** Paths in the publisher's list of files that are not as listed, and of files that are missing. */
      readonly changed: readonly string[];
      readonly missing: readonly string[];
      /** Delivered weight files that are not on the list. */
      readonly extra: number;
    }
  /** Answers with a signature that the key does not bear out: somebody changed them, or the key is another's. */
  | { readonly code: 'signature-invalid'; readonly answers: number }
  | { readonly code: 'only-cheap-evidence' };

/** Reasons not to uphold a claim, however probable it is. `book` lists the published files of the claimed version. */
export function blockersOf(
  evidence: Evidence,
  signals: readonly SignalResult[],
  { votes }: Pick<Weighing, 'votes'>,
  claim: string,
  book: readonly PublishedFile[] = [],
): Blocker[] {
  const failed = Object.entries(evidence.probes).flatMap(([probe, status]): Blocker[] =>
    status.status === 'failed' ? [{ code: 'probe-failed', probe, error: status.error.code }] : [],
  );
  const costly = votes.some(({ signals: ids, vote }) => {
    const real = ids.some((id) =>
      signals.some((signal) => signal.id === id && signal.spoofing !== 'trivial'),
    );
    return real && (vote[claim] ?? 0) - (vote[bestRival(vote, claim)] ?? 0) >= COSTLY_SUPPORT;
  });
  return [
    ...failed,
    ...contradictionsOf(evidence),
    ...changedRelease(evidence, book),
    ...againstManifest(evidence),
    ...wrongLabels(evidence),
    ...brokenSignatures(evidence),
    ...(costly ? [] : [{ code: 'only-cheap-evidence' } as const]),
  ];
}

/** A release of which some files are there and some are not, unless another one is there whole. */
function changedRelease({ probes }: Evidence, book: readonly PublishedFile[]): Blocker[] {
  const status = probes.files;
  if (status?.status !== 'ok') return [];
  const { files = [], weights = [] } = status.data as Partial<FilesEvidence>;
  const found = matchReleases(files, weights, book).filter(({ equal }) => equal.length > 0);
  const changed = found.filter(({ equal, files: count, unlisted }) => equal.length < count || unlisted > 0);
  if (changed.length < found.length) return [];
  return changed.map(({ source, equal, files: count, different, absent, unlisted }) => ({
    code: 'release-differs',
    source,
    equal: equal.length,
    files: count,
    names: [...different, ...absent],
    unlisted,
  }));
}

/** A pointer to a listed file was not fetched, and a file beside the weights is nobody's. */
function againstManifest({ probes }: Evidence): Blocker[] {
  const status = probes.files;
  if (status?.status !== 'ok') return [];
  const { manifest, weights = [] } = status.data as Partial<FilesEvidence>;
  if (!manifest) return [];
  const changed = manifest.changed.filter(({ pointer }) => !pointer).map(({ path }) => path);
  const extra = manifest.extra.filter((path) => weights.includes(path)).length;
  if (changed.length + manifest.missing.length + extra === 0) return [];
  return [{ code: 'manifest-differs', changed, missing: manifest.missing, extra }];
}

interface Label {
  readonly source: string;
  readonly label: string;
  readonly found: readonly string[];
  readonly contradicts: boolean;
}

/** Labels of a quantization that the tensors do not bear out. */
function wrongLabels({ probes }: Evidence): Blocker[] {
  const status = probes.quantization;
  const labels: readonly Label[] = Object(status?.status === 'ok' ? status.data : undefined).labels ?? [];
  return labels
    .filter(({ contradicts }) => contradicts)
    .map(({ source, label, found }) => ({ code: 'label', source, label, found: found.join(', ') }));
}

/** A missing signature is no fault: proxies drop headers. One that is wrong is not what its signer sent. */
function brokenSignatures({ probes }: Evidence): Blocker[] {
  const status = probes['response-signature'];
  const { invalid = 0 } = Object(status?.status === 'ok' ? status.data : undefined);
  return invalid > 0 ? [{ code: 'signature-invalid', answers: invalid }] : [];
}

/** Most telling first; every other probe that records what a delivery says of itself follows. */
const WITNESSES = ['architecture', 'attention-statistics'];

/** One per fact: a mistake that shows in the graph and in a run is one mistake. */
function contradictionsOf({ probes }: Evidence): Blocker[] {
  const found = new Map<string, { probe: string; values: Contradiction['values'] }>();
  for (const probe of new Set([...WITNESSES, ...Object.keys(probes).sort()])) {
    const status = probes[probe];
    const data = Object(status?.status === 'ok' ? status.data : undefined);
    const contradictions: readonly Contradiction[] = data.contradictions ?? [];
    for (const { fact, values } of contradictions) {
      const known = found.get(fact);
      found.set(fact, { probe: known?.probe ?? probe, values: { ...known?.values, ...values } });
    }
  }
  return [...found].map(([fact, { probe, values }]) => ({
    code: 'contradiction',
    probe,
    fact,
    values: Object.entries(values)
      .map(([from, value]) => `${from} ${value}`)
      .join(', '),
  }));
}
