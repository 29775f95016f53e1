import { relevant } from './concerns.js';
import { errorRecord } from './errors.js';
import { impliedCopies, quantizedCopy } from './implied.js';
import type {
  Evidence,
  FactValue,
  Probe,
  ReferenceProfile,
  ReferenceVariant,
  Signal,
  SignalResult,
  VariantView,
} from './types.js';

/**
 * Score every signal that concerns this kind of candidate. A signal is handed only the probes it declares; one whose needed data are missing is `skipped`,
 * one that throws `errored`, and neither moves the verdict.
 */
export function runSignals(
  evidence: Evidence,
  profile: ReferenceProfile,
  signals: readonly Signal[],
): SignalResult[] {
  const asked = signals.filter((signal) => relevant(evidence, signal));
  return asked.map((signal) => {
    const { id, title, group, spoofing, needs, wants = [] } = signal;
    const identity = { id, title, group, spoofing };
    const missing = needs.find((probe) => !usable(evidence, probe));
    if (missing) return { ...identity, status: 'skipped', reason: whyMissing(evidence, missing) };
    const read = [...needs, ...wants.filter((probe) => usable(evidence, probe))];
    const candidate = Object.fromEntries(read.map((probe) => [probe.id, dataOf(evidence, probe)]));
    try {
      return { ...identity, ...signal.score({ candidate, ...viewsOf(profile, needs) }) };
    } catch (error) {
      return { ...identity, status: 'errored', error: errorRecord(error) };
    }
  });
}

/** Hypotheses of a profile, with the changed copies that a full version implies; and its strangers. */
export function viewsOf(
  profile: ReferenceProfile,
  needs: readonly Probe[],
): { variants: readonly VariantView[]; strangers: readonly VariantView[] } {
  const views = Object.entries(profile.variants).map(
    ([id, variant]): VariantView => ({
      id,
      kind: variant.kind,
      ...byConfirmation(variant),
      ...(variant.tokenStack === undefined ? {} : { tokenStack: variant.tokenStack }),
      ...(variant.responseKeys === undefined ? {} : { responseKeys: variant.responseKeys }),
      digests: variant.digests,
      files: variant.files ?? [],
      runs: variant.runs
        .filter(({ probes }) => needs.every((probe) => probes[probe.id] !== undefined))
        .map(({ artifact, probes }) => ({ artifact, data: probes })),
    }),
  );
  const variants = views.filter(({ kind }) => kind !== 'other');
  const fulls = variants.filter(({ kind }) => kind === 'full');
  return {
    variants: [
      ...variants,
      ...fulls.flatMap(impliedCopies),
      ...variants
        .filter(({ id, kind, facts }) => kind === 'distilled' && !hasRuns(profile, id) && isFloat(facts))
        .map(quantizedCopy),
    ],
    strangers: views.filter(({ kind }) => kind === 'other'),
  };
}

function byConfirmation({
  facts,
  unconfirmed = [],
}: ReferenceVariant): Pick<VariantView, 'facts' | 'unconfirmed'> {
  const pick = (wanted: boolean): Record<string, FactValue> =>
    Object.fromEntries(Object.entries(facts).filter(([name]) => unconfirmed.includes(name) === wanted));
  return { facts: pick(false), unconfirmed: pick(true) };
}

/** Public facts of one version of a kind say nothing of its other versions; measurements show what the kind is like. */
function hasRuns(profile: ReferenceProfile, id: string): boolean {
  return (profile.variants[id]?.runs.length ?? 0) > 0;
}

/** As published, and not yet a quantized copy. */
function isFloat({ weightBits = 16 }: VariantView['facts']): boolean {
  return Number(weightBits) >= 16;
}

function usable(evidence: Evidence, probe: Probe): boolean {
  const status = evidence.probes[probe.id];
  return status?.status === 'ok' && status.version === probe.version;
}

function dataOf(evidence: Evidence, probe: Probe): unknown {
  const status = evidence.probes[probe.id];
  return status?.status === 'ok' ? status.data : undefined;
}

function whyMissing(evidence: Evidence, probe: Probe): string {
  const status = evidence.probes[probe.id];
  if (status === undefined) return `the ${probe.id} probe was not run`;
  if (status.status === 'unavailable') return status.missing;
  if (status.status === 'failed') return `the ${probe.id} probe failed: ${status.error.code}`;
  return `the evidence holds version ${status.version} of the ${probe.id} probe; this tool reads ${probe.version}`;
}
