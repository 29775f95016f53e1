import type { VariantView, VersionKind } from '../core/types.js';
import type { Closeness, ClosenessScale, Expectation } from './closeness.js';
import { summarize } from './summary.js';

export interface Artifact<E> {
  readonly id: string;
  readonly evidence: E;
}
/** A variant with what its runs hold, read once. */
export interface Reference<E> {
  readonly variant: VariantView;
  readonly runs: readonly Artifact<E>[];
}
/** The distance to one measured variant, and what each hypothesis expects there. */
export interface Axis extends Closeness {
  readonly variant: VariantView;
  readonly expectations: ReadonlyMap<string, Expectation>;
}

/**
 * What students of one recipe vary by is stated per signal; other recipes and sizes, which nobody measured here, are
 * believed to vary by this much more.
 */
const UNMEASURED_SPREAD = 1.5;

/** What the runs of a variant hold of what the candidate shows. */
export function reference<E>(scale: ClosenessScale<E>, variant: VariantView, candidate: E): Reference<E> {
  const runs = variant.runs.flatMap(({ artifact, data }): Artifact<E>[] => {
    const evidence = scale.read(data);
    if (evidence === null) return [];
    return [{ id: artifact, evidence: scale.within?.(evidence, candidate) ?? evidence }];
  });
  return { variant, runs };
}

/** The candidate's distance to one variant; none where they cannot be compared. */
export function axisTo<E>(
  scale: ClosenessScale<E>,
  candidate: E,
  axis: Reference<E>,
  variants: readonly Reference<E>[],
  strangers: readonly Reference<E>[],
): Axis[] {
  const nearest = closest(scale, candidate, axis.runs);
  if (!nearest) return [];
  const stranger = strangerExpectation(scale, axis, nearest.how, strangers);
  const beside = stranger === null ? scale : { ...scale, distilled: studentBeside(scale, stranger) };
  const found = new Map([['other', stranger ?? { ...scale.unrelated, openEnded: true }]]);
  for (const known of variants) {
    const origin = variants.find(({ variant }) => variant.id === known.variant.impliedBy)?.variant;
    const expectation = expectationOf(beside, known, axis, { ...nearest, origin });
    if (expectation) found.set(known.variant.id, expectation);
  }
  return [{ variant: axis.variant, ...nearest, expectations: found }];
}

/**
 * A stranger is no hypothesis of its own, and distances to it say nothing of the versions; but a candidate that
 * coincides with one is that stranger, so it is none of them.
 */
export function coincidence<E>(
  scale: ClosenessScale<E>,
  candidate: E,
  stranger: Reference<E>,
  variants: readonly Reference<E>[],
): Axis[] {
  const nearest = closest(scale, candidate, stranger.runs);
  if (!nearest || !coincide(scale, nearest.value)) return [];
  const found = new Map<string, Expectation>([['other', itself(scale)]]);
  for (const { variant, runs } of variants) {
    const coinciding = closestPair(scale, runs, stranger.runs);
    const itself = coinciding !== null && coincide(scale, coinciding.value);
    if (!itself) found.set(variant.id, ownWeights(scale.distilled));
  }
  return [{ variant: stranger.variant, ...nearest, expectations: found }];
}

function studentBeside<E>(
  { distilled, distilledFromStrangers: apart }: ClosenessScale<E>,
  stranger: Expectation,
): Expectation {
  if (apart === undefined) return distilled;
  return { location: stranger.location + apart.location, scale: apart.scale };
}

/** Closer than half way, on the axis, from the noise of engines to a quantized copy. */
function coincide<E>({ closer, sameWeights, quantized }: ClosenessScale<E>, value: number): boolean {
  return closer * (value - (sameWeights.location + quantized.location) / 2) > 0;
}

function closestPair<E>(
  scale: ClosenessScale<E>,
  some: readonly Artifact<E>[],
  others: readonly Artifact<E>[],
): Closeness | null {
  const found = some.flatMap(({ evidence }) => closest(scale, evidence, others) ?? []);
  return found.sort((a, b) => scale.closer * (b.value - a.value))[0] ?? null;
}

function closest<E>(scale: ClosenessScale<E>, candidate: E, runs: readonly Artifact<E>[]): Closeness | null {
  let best: Closeness | null = null;
  for (const { evidence } of runs) {
    const found = scale.compare(candidate, evidence);
    if (found && (best === null || scale.closer * (found.value - best.value) > 0)) best = found;
  }
  return best;
}

function expectationOf<E>(
  scale: ClosenessScale<E>,
  { variant, runs }: Reference<E>,
  axis: Reference<E>,
  { value, how, origin }: Closeness & { readonly origin: VariantView | undefined },
): Expectation | null {
  const own = variant.id === axis.variant.id;
  if (variant.impliedBy !== undefined) {
    // A changed copy is as far from a third version as what it was made from; a student is a student.
    const kind = variant.kind === 'distilled' ? variant.kind : (origin?.kind ?? variant.kind);
    if (variant.impliedBy !== axis.variant.id) return unmeasured(scale, kind, axis.variant.kind);
    if (variant.kind === 'quantized') return scale.quantized;
    return variant.kind === 'distilled' ? scale.distilled : scale.altered;
  }
  if (runs.length === 0) return unmeasured(scale, variant.kind, axis.variant.kind);
  const values = leaveOneOut(scale, runs, axis, how);
  if (values.length === 0) {
    if (!own) return null;
    if (variant.kind === 'full') return scale.sameWeights;
    // How far members of a kind lie from each other one artifact does not show; that it lies close to itself it does.
    const close = scale.closer * (value - scale.quantized.location) > 0;
    return close ? itself(scale) : null;
  }
  const { mean, sd } = summarize(values);
  const copies = scale.closer * (mean - scale.quantized.location) > 0 && own;
  if (copies && variant.kind === 'full') return scale.sameWeights;
  // One artifact given twice shows no spread of its kind.
  if (own && coincide(scale, mean)) return itself(scale);
  return { location: mean, scale: Math.max(sd ?? 0, scale.seedScale) };
}

/**
 * What a version without measurements is expected to show on the axis of another: the distance of a relative or any
 * larger one. Between a full version and a student that is a student's distance; versions of one kind, and whatever
 * was made from the other, may be as close as a quantized copy.
 */
function unmeasured<E>(scale: ClosenessScale<E>, kind: VersionKind, other: VersionKind): Expectation {
  const apart = kind !== other && [kind, other].includes('full') && [kind, other].includes('distilled');
  return apart ? ownWeights(scale.distilled) : { ...scale.quantized, openEnded: true, basis: 'unmeasured' };
}

function ownWeights(relative: Expectation): Expectation {
  return { ...relative, scale: UNMEASURED_SPREAD * relative.scale, openEnded: true, basis: 'unmeasured' };
}

function itself<E>({ sameWeights }: ClosenessScale<E>): Expectation {
  return { ...sameWeights, openEnded: true, basis: 'itself' };
}

/** Closeness of each artifact of a variant to the other artifacts on an axis; those compared as the candidate was, if any. */
function leaveOneOut<E>(
  scale: ClosenessScale<E>,
  runs: readonly Artifact<E>[],
  axis: Reference<E>,
  how: string | undefined,
): number[] {
  const artifacts = [...new Map(runs.map((run) => [run.id, run])).values()];
  const found = artifacts.flatMap(({ id, evidence }) => {
    const nearest = closest(
      scale,
      evidence,
      axis.runs.filter((run) => run.id !== id),
    );
    return nearest ? [nearest] : [];
  });
  const alike = found.filter((nearest) => nearest.how === how);
  return (alike.length > 0 ? alike : found).map(({ value }) => value);
}

/** Null where the profile holds no strangers that can be compared. */
function strangerExpectation<E>(
  scale: ClosenessScale<E>,
  axis: Reference<E>,
  how: string | undefined,
  strangers: readonly Reference<E>[],
): Expectation | null {
  const values = strangers.flatMap(({ runs }) => leaveOneOut(scale, runs, axis, how));
  if (values.length === 0) return null;
  const { mean, sd } = summarize(values);
  return { location: mean, scale: Math.max(sd ?? 0, scale.seedScale), openEnded: true };
}
