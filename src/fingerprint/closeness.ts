import type { Measured, SignalInput, Skipped, VariantView } from '../core/types.js';
import { studentTLogPdf } from '../stats/student-t.js';
import { summarize } from '../stats/summary.js';
import { type PairedPosition, pairPositions } from './paired-log-probs.js';
import type { LogProbabilities } from './probes/log-probabilities.js';

/** Where a closeness value is expected, on the axis of the signal. */
export interface Expectation {
  readonly location: number;
  readonly scale: number;
  /** Degrees of freedom of Student's t; MODEL_DF unless noise is known better. */
  readonly df?: number;
}

/** One way to compare two models position by position, and what it shows for copies, relatives and strangers. */
export interface ClosenessScale {
  readonly unit: string;
  /** Value on an unbounded axis (a logarithm) from paired positions. */
  readonly measure: (positions: readonly PairedPosition[]) => number;
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
/** Fewer positions than this and a mean says little. */
const MIN_POSITIONS = 32;

type Run = VariantView['runs'][number];
const data = (run: Run): LogProbabilities => run.data['log-probabilities'] as LogProbabilities;

/** The distance to one measured variant, and what each hypothesis expects there. */
interface Axis {
  readonly variant: VariantView;
  readonly value: number;
  readonly positions: number;
  readonly expectations: ReadonlyMap<string, Expectation>;
}

/**
 * Compare a candidate with the references of every variant. Expectations come from the references themselves,
 * each left out in turn; a full version with one artifact is expected to show engine noise, and strangers
 * calibrate the null. A hypothesis is as good as its worst axis: axes share evidence and are not multiplied.
 */
export function scoreCloseness(
  scale: ClosenessScale,
  candidate: LogProbabilities,
  { variants, strangers }: Pick<SignalInput, 'variants' | 'strangers'>,
): Measured | Skipped {
  const axes = variants.flatMap((variant): Axis[] => {
    const nearest = closest(scale, candidate, variant.runs);
    return nearest
      ? [{ variant, ...nearest, expectations: expectationsAt(scale, variant, variants, strangers) }]
      : [];
  });
  if (axes.length === 0) {
    return {
      status: 'skipped',
      reason: 'no passage is tokenized as in a reference, so probabilities cannot be paired',
    };
  }
  const likelihood: Record<string, number> = {};
  for (const { variant, value, expectations } of axes) {
    const logs = [...expectations].map(([id, expectation]) => {
      const free = id === variant.id ? 'closer' : id === 'other' ? 'further' : 'none';
      return [id, density(scale, value, expectation, free)] as const;
    });
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
    n: Math.max(...axes.map(({ positions }) => positions)),
    details: axes.map(({ variant, value }) => ({
      type: 'number',
      label: `to ${variant.id}`,
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

function expectationsAt(
  scale: ClosenessScale,
  axis: VariantView,
  variants: readonly VariantView[],
  strangers: readonly VariantView[],
): Map<string, Expectation> {
  const found = new Map<string, Expectation>([['other', nullExpectation(scale, axis, strangers)]]);
  for (const variant of variants) {
    const expectation = expectationOf(scale, variant, axis);
    if (expectation) found.set(variant.id, expectation);
  }
  return found;
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
    if (best === null || scale.closer * (value - best.value) > 0)
      best = { value, positions: positions.length };
  }
  return best;
}

/** What is no evidence against a hypothesis: being closer to its own artifacts, or stranger than strangers. */
function density(
  scale: ClosenessScale,
  value: number,
  { location, scale: spread, df = MODEL_DF }: Expectation,
  free: 'closer' | 'further' | 'none',
): number {
  const beyond = scale.closer * (value - location);
  const clipped = (free === 'closer' && beyond > 0) || (free === 'further' && beyond < 0) ? location : value;
  return studentTLogPdf(clipped, { df, location, scale: spread });
}

function expectationOf(scale: ClosenessScale, variant: VariantView, axis: VariantView): Expectation | null {
  if (variant.impliedBy !== undefined) {
    if (variant.impliedBy !== axis.id) return null;
    if (variant.kind === 'quantized') return scale.quantized;
    return variant.kind === 'distilled' ? scale.distilled : scale.altered;
  }
  const values = leaveOneOut(scale, variant, axis);
  if (values.length === 0)
    return variant.id === axis.id && variant.kind === 'full' ? scale.sameWeights : null;
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
    const nearest = closest(
      scale,
      data(run),
      axis.runs.filter(({ artifact }) => artifact !== run.artifact),
    );
    return nearest ? [nearest.value] : [];
  });
}

function nullExpectation(
  scale: ClosenessScale,
  axis: VariantView,
  strangers: readonly VariantView[],
): Expectation {
  const values = strangers.flatMap((variant) => leaveOneOut(scale, variant, axis));
  if (values.length === 0) return scale.unrelated;
  const { mean, sd } = summarize(values);
  return { location: mean, scale: Math.max(sd ?? 0, scale.seedScale) };
}
