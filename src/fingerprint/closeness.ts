import type { Measured, Skipped, VariantView } from '../core/types.js';
import { studentTLogPdf } from '../stats/student-t.js';
import { summarize } from '../stats/summary.js';
import { pairPositions, type PairedPosition } from './paired-log-probs.js';
import type { LogProbabilities } from './probes/log-probabilities.js';

/** Where a closeness value is expected, on the axis of the signal. */
export interface Expectation {
  readonly location: number;
  readonly scale: number;
}

/** One way to compare two models position by position, and what it shows for copies, relatives and strangers. */
export interface ClosenessScale {
  readonly unit: string;
  /** Value on an unbounded axis (a logarithm) from paired positions. */
  readonly measure: (positions: readonly PairedPosition[]) => number;
  /** Number in the unit readers know. */
  readonly display: (value: number) => number;
  /** +1 when larger means closer, −1 when smaller does. */
  readonly closer: 1 | -1;
  /** The same weights on another engine, thread count or export; anything closer counts as equal. */
  readonly sameWeights: Expectation;
  readonly quantized: Expectation;
  readonly altered: Expectation;
  readonly unrelated: Expectation;
  /** Smallest spread believed between models trained alike, whatever few references show. */
  readonly seedScale: number;
}

/** Tails of the noise model: heavy enough that one odd passage cannot decide, see docs/architecture.md. */
const DF = 8;
/** Fewer positions than this and a mean says little. */
const MIN_POSITIONS = 32;

type Run = VariantView['runs'][number];
const data = (run: Run): LogProbabilities => run.data['log-probabilities'] as LogProbabilities;

/**
 * Compare a candidate with the references of every variant and give each hypothesis the density of what was
 * seen. Expectations come from the references themselves, each left out in turn; a full version with a single
 * reference is expected to show engine noise, and references of kind `other` calibrate the null.
 */
export function scoreCloseness(
  scale: ClosenessScale,
  candidate: LogProbabilities,
  variants: readonly VariantView[],
): Measured | Skipped {
  const measured = variants.filter(({ kind, runs }) => kind !== 'other' && runs.length > 0);
  const axes = measured.flatMap((variant) => {
    const nearest = closest(scale, candidate, variant.runs);
    return nearest ? [{ variant, ...nearest }] : [];
  });
  if (axes.length === 0) {
    return { status: 'skipped', reason: 'no passage is tokenized as in a reference, so probabilities cannot be paired' };
  }
  const logOf = (expect: (axis: VariantView) => Expectation | null): number | undefined => {
    const logs = axes.flatMap(({ variant, value }) => {
      const expectation = expect(variant);
      return expectation ? [density(scale, value, expectation)] : [];
    });
    return logs.length > 0 ? summarize(logs).mean : undefined;
  };
  const likelihood: Record<string, number> = { other: logOf((axis) => nullExpectation(scale, axis, variants)) ?? 0 };
  for (const variant of variants) {
    if (variant.kind === 'other' && variant.impliedBy === undefined) continue;
    const log = logOf((axis) => expectationOf(scale, variant, axis));
    if (log !== undefined) likelihood[variant.id] = log;
  }
  const format = (value: number): string => `${scale.display(value).toPrecision(3)} ${scale.unit}`;
  return {
    status: 'scored',
    observed: axes.map(({ variant, value }) => `${format(value)} from ${variant.id}`).join(', '),
    expected: Object.fromEntries(
      variants.flatMap((variant) => {
        const own = axes.flatMap((axis) => {
          const expectation = expectationOf(scale, variant, axis.variant);
          return expectation ? [`${format(expectation.location)} from ${axis.variant.id}`] : [];
        });
        return own.length > 0 ? [[variant.id, own.join(', ')]] : [];
      }),
    ),
    logLikelihood: likelihood,
    n: Math.max(...axes.map(({ positions }) => positions)),
    details: axes.map(({ variant, value }) => ({
      type: 'number',
      label: `to ${variant.id}`,
      value: scale.display(value),
      unit: scale.unit,
    })),
  };
}

function closest(
  scale: ClosenessScale,
  candidate: LogProbabilities,
  runs: readonly Run[],
): { value: number; positions: number } | null {
  let best: { value: number; positions: number } | null = null;
  for (const run of runs) {
    const positions = pairPositions(candidate, data(run));
    if (positions.length < MIN_POSITIONS) continue;
    const value = scale.measure(positions);
    if (best === null || scale.closer * (value - best.value) > 0) best = { value, positions: positions.length };
  }
  return best;
}

/** Being closer than two runs of the same weights is not evidence against anything. */
function density(scale: ClosenessScale, value: number, { location, scale: spread }: Expectation): number {
  const same = location === scale.sameWeights.location;
  const clipped = same && scale.closer * (value - location) > 0 ? location : value;
  return studentTLogPdf(clipped, { df: DF, location, scale: spread });
}

function expectationOf(scale: ClosenessScale, variant: VariantView, axis: VariantView): Expectation | null {
  if (variant.impliedBy !== undefined) {
    if (variant.impliedBy !== axis.id) return null;
    return variant.kind === 'quantized' ? scale.quantized : scale.altered;
  }
  const values = leaveOneOut(scale, variant, axis);
  if (values.length === 0) return variant.id === axis.id && variant.kind === 'full' ? scale.sameWeights : null;
  const { mean, sd } = summarize(values);
  const copies = scale.closer * (mean - scale.altered.location) > 0 && variant.id === axis.id;
  return copies && variant.kind === 'full'
    ? scale.sameWeights
    : { location: mean, scale: Math.max(sd ?? 0, scale.seedScale) };
}

/** Closeness of each artifact of a variant to the other artifacts on an axis. */
function leaveOneOut(scale: ClosenessScale, variant: VariantView, axis: VariantView): number[] {
  const artifacts = [...new Map(variant.runs.map((run) => [run.artifact, run])).values()];
  return artifacts.flatMap((run) => {
    const nearest = closest(scale, data(run), axis.runs.filter(({ artifact }) => artifact !== run.artifact));
    return nearest ? [nearest.value] : [];
  });
}

function nullExpectation(scale: ClosenessScale, axis: VariantView, variants: readonly VariantView[]): Expectation {
  const strangers = variants.filter(({ kind, impliedBy }) => kind === 'other' && impliedBy === undefined);
  const values = strangers.flatMap((variant) => leaveOneOut(scale, variant, axis));
  if (values.length === 0) return scale.unrelated;
  const { mean, sd } = summarize(values);
  return { location: mean, scale: Math.max(sd ?? 0, scale.seedScale) };
}
