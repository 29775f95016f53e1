import { runSignals, viewsOf } from '../core/run-signals.js';
import type { Evidence, ReferenceProfile, Signal, SignalCalibration } from '../core/types.js';
import { type Measurement, variantsOf } from './measurements.js';

/**
 * Noise and power of signals, by id: every measurement is scored as a candidate whose run is not in the profile.
 *
 * *Again* it is judged with other runs of its artifact at hand, which shows what seeds, prompt order and time change.
 * *Apart* nothing of its artifact is at hand, which shows what another export, engine or training seed changes; a
 * variant of one artifact is not judged so.
 *
 * Noise comes from artifacts judged again and, of full versions, apart: exports of a full version are the same weights,
 * so what is said against one would be said against a genuine delivery. Artifacts of another version may be trained
 * with other seeds, and are then other weights: that one lies apart is what tells it, and no noise. Strangers are no
 * hypothesis, so nothing is said against them.
 *
 * Power comes from artifacts judged apart where the variant has several, and again where it has one; that of `other`
 * from strangers that are left out. What reads the weights finds any artifact in itself, which says nothing of another
 * export: it is judged apart only. Digests of files are not kept as runs and have no entry, nor has a signal whose
 * noise no measurement shows: both weigh by the error rates they state.
 */
export function calibrate(
  measured: readonly Measurement[],
  signals: readonly Signal[],
): Record<string, SignalCalibration> {
  const artifacts = artifactsOf(measured);
  const calibrated = signals.filter((signal) => !readsWeights(signal) || hasExports(artifacts));
  const judged = artifacts.flatMap((artifact) => judgeArtifact(artifact, measured, calibrated));
  const entries = calibrated.flatMap(({ id }): [string, SignalCalibration][] => {
    const own = judged.filter(({ signal }) => signal === id);
    const noise = own.flatMap(({ against }) => against);
    if (noise.length === 0) return [];
    const hypotheses = [...new Set(own.map(({ hypothesis }) => hypothesis))];
    const power = hypotheses.map((hypothesis): [string, number] => {
      const nats = own.flatMap((entry) => (entry.hypothesis === hypothesis ? [entry.favour] : []));
      return [hypothesis, Math.max(0, nats.reduce((sum, each) => sum + each, 0) / nats.length)];
    });
    return [[id, { runs: own.length, noise: Math.max(...noise), power: Object.fromEntries(power) }]];
  });
  return Object.fromEntries(entries);
}

/** What a signal says of one measurement. */
interface Judged {
  readonly signal: string;
  /** What the measurement is of: a variant, or `other`. */
  readonly hypothesis: string;
  /** Nats against it, from each judgement that shows noise. */
  readonly against: readonly number[];
  readonly favour: number;
}

function artifactsOf(measured: readonly Measurement[]): Measurement[][] {
  const artifacts = new Map<string, Measurement[]>();
  for (const entry of measured) {
    const key = `${entry.variant} ${entry.run.artifact}`;
    artifacts.set(key, [...(artifacts.get(key) ?? []), entry]);
  }
  return [...artifacts.values()];
}

/** Whether a full version was exported more than once. */
function hasExports(artifacts: readonly Measurement[][]): boolean {
  const fulls = artifacts.flatMap(([first]) => (first?.kind === 'full' ? [first.variant] : []));
  return new Set(fulls).size < fulls.length;
}

function judgeArtifact(
  artifact: readonly Measurement[],
  measured: readonly Measurement[],
  signals: readonly Signal[],
): Judged[] {
  const others = measured.filter((entry) => !artifact.includes(entry));
  const byRun: Judged[][] = [];
  for (const [i, measurement] of artifact.entries()) {
    // A repeat that a signal cannot tell from an earlier run is judged as that one was.
    const alike = (signal: Signal): number =>
      artifact.slice(0, i).findIndex((earlier) => sameData(signal, earlier, measurement));
    const fresh = signals.filter((signal) => alike(signal) < 0);
    const repeated = signals.filter((signal) => alike(signal) >= 0);
    byRun.push([
      ...judgeRun(measurement, artifact, others, fresh),
      ...repeated.flatMap((signal) =>
        (byRun[alike(signal)] ?? []).filter((each) => each.signal === signal.id),
      ),
    ]);
  }
  return byRun.flat();
}

function sameData({ needs, wants = [] }: Signal, a: Measurement, b: Measurement): boolean {
  return [...needs, ...wants].every(({ id }) => a.run.probes[id] === b.run.probes[id]);
}

function judgeRun(
  measurement: Measurement,
  artifact: readonly Measurement[],
  others: readonly Measurement[],
  signals: readonly Signal[],
): Judged[] {
  const { variant, kind } = measurement;
  const repeats = artifact.filter((entry) => entry !== measurement);
  const siblings = others.filter((entry) => entry.variant === variant);
  const stranger = kind === 'other';
  const repeatable = signals.filter((signal) => !stranger && !readsWeights(signal) && knows(repeats, signal));
  const again = scores(measurement, [...others, ...repeats], repeatable);
  const separable = signals.filter((signal) => stranger || knows(siblings, signal));
  const apart = scores(measurement, others, separable);
  return signals.flatMap(({ id }): Judged[] => {
    const [same, other] = [again.get(id), apart.get(id)];
    const power = other ?? same;
    if (!power) return [];
    const against = [same, kind === 'full' ? other : undefined].flatMap((each) => each?.against ?? []);
    return [{ signal: id, hypothesis: stranger ? 'other' : variant, against, favour: power.favour }];
  });
}

function readsWeights({ needs }: Signal): boolean {
  return needs.some(({ reads }) => reads === 'weights');
}

/** Whether measurements hold what a signal compares with. */
function knows(measured: readonly Measurement[], { needs }: Signal): boolean {
  return measured.some(({ run }) => needs.every(({ id }) => run.probes[id] !== undefined));
}

interface Score {
  readonly against: number;
  readonly favour: number;
}

/** What signals say of a measurement beside the others, relative to the best of what else it could be. */
function scores(
  measurement: Measurement,
  others: readonly Measurement[],
  signals: readonly Signal[],
): Map<string, Score> {
  if (signals.length === 0) return new Map();
  const { evidence, variant, kind, run } = measurement;
  const own = kind === 'other' ? 'other' : variant;
  const profile: ReferenceProfile = {
    schema: 'profile/1',
    id: 'calibration',
    suite: evidence.suite,
    variants: variantsOf(others),
  };
  const rivals = [...viewsOf(profile, []).variants.map(({ id }) => id), 'other'].filter((id) => id !== own);
  const results = runSignals(asCandidate(evidence, run.probes), profile, signals);
  return new Map(
    results.flatMap((result): [string, Score][] => {
      if (result.status !== 'scored') return [];
      const { logLikelihood } = result;
      const named = Object.values(logLikelihood);
      const best = named.length > 0 ? Math.max(...named) : 0;
      // A hypothesis that a signal does not name loses nothing by it.
      const log = (id: string): number => logLikelihood[id] ?? best;
      return [[result.id, { against: best - log(own), favour: log(own) - Math.max(...rivals.map(log)) }]];
    }),
  );
}

/** Evidence of what a profile keeps of it. */
function asCandidate(evidence: Evidence, kept: Readonly<Record<string, unknown>>): Evidence {
  const probes = Object.entries(evidence.probes).flatMap(
    ([id, status]): [string, Evidence['probes'][string]][] =>
      status.status === 'ok' && id in kept ? [[id, { ...status, data: kept[id] }]] : [],
  );
  return { ...evidence, probes: Object.fromEntries(probes) };
}
