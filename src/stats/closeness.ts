import type { Measured, SignalInput, Skipped, VariantView } from '../core/types.js';
import { studentTLogPdf } from './student-t.js';
import { summarize } from './summary.js';

/** Where a closeness value is expected, on the axis of the signal. */
export interface Expectation {
  readonly location: number;
  readonly scale: number;
  /** Degrees of freedom of Student's t; MODEL_DF unless noise is known better. */
  readonly df?: number;
  /** Lying further away than expected is no evidence against this hypothesis. */
  readonly openEnded?: boolean;
}

/** How close one model is to another. */
export interface Closeness {
  /** On an unbounded axis, a logarithm. */
  readonly value: number;
  /** Independent observations behind it. */
  readonly n: number;
  /** The way the two could be compared, where there are several: values of one way are compared first. */
  readonly how?: string;
}

/** One way to compare the evidence E of two models, and what it shows for copies, relatives and strangers. */
export interface ClosenessScale<E> {
  readonly unit: string;
  /** What a run holds; null when it cannot be compared at all. */
  readonly read: (data: Readonly<Record<string, unknown>>) => E | null;
  /** Null when the two have too little in common. */
  readonly compare: (candidate: E, reference: E) => Closeness | null;
  /** Why a candidate that can be compared with no reference is skipped. */
  readonly incomparable: string;
  /** Number in the unit readers know. */
  readonly display: (value: number) => number;
  readonly decimals: number;
  /** +1 when larger means closer, −1 when smaller does. */
  readonly closer: 1 | -1;
  /** The same weights on another engine, thread count or export; anything closer counts as equal. */
  readonly sameWeights: Expectation;
  readonly quantized: Expectation;
  /** A student trained on the logits of the reference. */
  readonly distilled: Expectation;
  readonly altered: Expectation;
  readonly unrelated: Expectation;
  /** Smallest spread believed between models trained alike, whatever few references show. */
  readonly seedScale: number;
}

/** Tails between models: a handful of references and recipes supports no thinner ones. */
const MODEL_DF = 8;

interface Artifact<E> {
  readonly id: string;
  readonly evidence: E;
}
/** A variant with what its runs hold, read once. */
interface Reference<E> {
  readonly variant: VariantView;
  readonly runs: readonly Artifact<E>[];
}
/** The distance to one measured variant, and what each hypothesis expects there. */
interface Axis extends Closeness {
  readonly variant: VariantView;
  readonly expectations: ReadonlyMap<string, Expectation>;
}

/**
 * Compare a candidate with the references of every variant. Expectations come from the references themselves,
 * each left out in turn; a full version with one artifact is expected to show engine noise, and strangers
 * calibrate the null. A hypothesis is as good as its worst axis: axes share evidence and are not multiplied.
 */
export function scoreCloseness<E>(
  scale: ClosenessScale<E>,
  candidate: E,
  { variants, strangers }: Pick<SignalInput, 'variants' | 'strangers'>,
): Measured | Skipped {
  const known = variants.map((variant) => reference(scale, variant));
  const unknown = strangers.map((variant) => reference(scale, variant));
  const axes = known.flatMap((axis): Axis[] => {
    const nearest = closest(scale, candidate, axis.runs);
    return nearest
      ? [
          {
            variant: axis.variant,
            ...nearest,
            expectations: expectationsAt(scale, axis, nearest.how, known, unknown),
          },
        ]
      : [];
  });
  if (axes.length === 0) return { status: 'skipped', reason: scale.incomparable };
  const likelihood: Record<string, number> = {};
  for (const { variant, value, expectations } of axes) {
    const logs = [...expectations].map(
      ([id, expectation]) => [id, density(scale.closer, value, expectation, id === variant.id)] as const,
    );
    const best = Math.max(...logs.map(([, log]) => log));
    for (const [id, log] of logs) likelihood[id] = Math.min(likelihood[id] ?? 0, log - best);
  }
  const format = (value: number): string => `${scale.display(value).toFixed(scale.decimals)} ${scale.unit}`;
  return {
    status: 'scored',
    observed: axes.map(({ variant, value }) => `${format(value)} to "${variant.id}"`).join(', '),
    expected: Object.fromEntries(
      variants
        .filter(({ impliedBy }) => impliedBy === undefined)
        .map(({ id }) => [id, expectedText(axes, id, format)])
        .filter(([, text]) => text !== ''),
    ),
    logLikelihood: likelihood,
    n: Math.max(...axes.map(({ n }) => n)),
    details: axes.map(({ variant, value, how }) => ({
      type: 'number',
      label: how === undefined ? `to ${variant.id}` : `to ${variant.id}, ${how}`,
      value: scale.display(value),
      unit: scale.unit,
    })),
  };
}

function expectedText(axes: readonly Axis[], id: string, format: (value: number) => string): string {
  return axes
    .flatMap(({ variant, expectations }) => {
      const expectation = expectations.get(id);
      return expectation ? [`${format(expectation.location)} to "${variant.id}"`] : [];
    })
    .join(', ');
}

function reference<E>(scale: ClosenessScale<E>, variant: VariantView): Reference<E> {
  const runs = variant.runs.flatMap(({ artifact, data }): Artifact<E>[] => {
    const evidence = scale.read(data);
    return evidence === null ? [] : [{ id: artifact, evidence }];
  });
  return { variant, runs };
}

function expectationsAt<E>(
  scale: ClosenessScale<E>,
  axis: Reference<E>,
  how: string | undefined,
  variants: readonly Reference<E>[],
  strangers: readonly Reference<E>[],
): Map<string, Expectation> {
  const found = new Map([['other', nullExpectation(scale, axis, how, strangers)]]);
  for (const known of variants) {
    const expectation = expectationOf(scale, known, axis, how);
    if (expectation) found.set(known.variant.id, expectation);
  }
  return found;
}

function closest<E>(scale: ClosenessScale<E>, candidate: E, runs: readonly Artifact<E>[]): Closeness | null {
  let best: Closeness | null = null;
  for (const { evidence } of runs) {
    const found = scale.compare(candidate, evidence);
    if (found && (best === null || scale.closer * (found.value - best.value) > 0)) best = found;
  }
  return best;
}

/** Being closer to its own artifacts is no evidence against a hypothesis; nor, for strangers, being stranger. */
function density(
  closer: 1 | -1,
  value: number,
  { location, scale: spread, df = MODEL_DF, openEnded = false }: Expectation,
  own: boolean,
): number {
  const beyond = closer * (value - location);
  const clipped = (own && beyond > 0) || (openEnded && beyond < 0) ? location : value;
  return studentTLogPdf(clipped, { df, location, scale: spread });
}

function expectationOf<E>(
  scale: ClosenessScale<E>,
  { variant, runs }: Reference<E>,
  axis: Reference<E>,
  how: string | undefined,
): Expectation | null {
  const own = variant.id === axis.variant.id;
  if (variant.impliedBy !== undefined) {
    if (variant.impliedBy !== axis.variant.id) return null;
    if (variant.kind === 'quantized') return scale.quantized;
    return variant.kind === 'distilled' ? scale.distilled : scale.altered;
  }
  const values = leaveOneOut(scale, runs, axis, how);
  if (values.length === 0) return own && variant.kind === 'full' ? scale.sameWeights : null;
  const { mean, sd } = summarize(values);
  const copies = scale.closer * (mean - scale.altered.location) > 0 && own;
  return copies && variant.kind === 'full'
    ? scale.sameWeights
    : { location: mean, scale: Math.max(sd ?? 0, scale.seedScale) };
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

function nullExpectation<E>(
  scale: ClosenessScale<E>,
  axis: Reference<E>,
  how: string | undefined,
  strangers: readonly Reference<E>[],
): Expectation {
  const values = strangers.flatMap(({ runs }) => leaveOneOut(scale, runs, axis, how));
  if (values.length === 0) return { ...scale.unrelated, openEnded: true };
  const { mean, sd } = summarize(values);
  return { location: mean, scale: Math.max(sd ?? 0, scale.seedScale), openEnded: true };
}
