import type { Measured, SignalInput, Skipped } from '../core/types.js';
import { type Axis, axisTo, coincidence, reference } from './closeness-axes.js';
import { logSumExp } from './log-sum-exp.js';
import { studentTLogPdf } from './student-t.js';

/** Where a closeness value is expected, on the axis of the signal. */
export interface Expectation {
  readonly location: number;
  readonly scale: number;
  /** Degrees of freedom of Student's t; MODEL_DF unless noise is known better. */
  readonly df?: number;
  /** Lying further away than expected is no evidence against this hypothesis. */
  readonly openEnded?: boolean;
  /**
   * What is known of it: `itself`, that the artifact lies at no distance from itself, so this is never against it;
   * `unmeasured`, where it does not lie, so this is never for it. Absent where its distances are known.
   */
  readonly basis?: 'itself' | 'unmeasured';
}

/** How close one model is to another. */
export interface Closeness {
  /** On an unbounded axis, a logarithm. */
  readonly value: number;
  /** Independent observations behind it. */
  readonly n: number;
  /** The way the two could be compared, where there are several: values of one way are compared first. */
  readonly how?: string;
  /** Chance that the two did not read the same text, which no comparison then shows; 0 by default. */
  readonly doubt?: number;
}

/** One way to compare the evidence E of two models, and what it shows for copies, relatives and strangers. */
export interface ClosenessScale<E> {
  readonly unit: string;
  /** What a run holds; null when it cannot be compared at all. */
  readonly read: (data: Readonly<Record<string, unknown>>) => E | null;
  /** Null when the two have too little in common. */
  readonly compare: (candidate: E, reference: E) => Closeness | null;
  /**
   * What of a reference the candidate's evidence has too. References are compared with each other on that alone: how far
   * models lie apart depends on the text they read. The reference itself where nothing is left out.
   */
  readonly within?: (reference: E, candidate: E) => E;
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
  /** Where it lies, on the axis, from the strangers of the profile: levels differ by family, this distance less. */
  readonly distilledFromStrangers?: { readonly location: number; readonly scale: number };
  readonly altered: Expectation;
  readonly unrelated: Expectation;
  /** Smallest spread believed between models trained alike, whatever few references show. */
  readonly seedScale: number;
  /** Two runs of any one model that did not read the same text; needed where `compare` states a doubt. */
  readonly elsewhere?: Expectation;
}

/** Tails between models: a handful of references and recipes supports no thinner ones. */
const MODEL_DF = 8;

/**
 * Compare a candidate with the references of every variant. Expectations come from the references themselves,
 * each left out in turn; a full version with one artifact is expected to show engine noise, and strangers
 * calibrate the null. A version that nobody measured has weights of its own: it may lie anywhere but at engine noise
 * from another. So a candidate that coincides with a suspect speaks against the claim even where the claimed version
 * cannot be run. A hypothesis is as good as its worst axis: axes share evidence and are not multiplied.
 */
export function scoreCloseness<E>(
  scale: ClosenessScale<E>,
  candidate: E,
  { variants, strangers }: Pick<SignalInput, 'variants' | 'strangers'>,
): Measured | Skipped {
  const known = variants.map((variant) => reference(scale, variant, candidate));
  const unknown = strangers.map((variant) => reference(scale, variant, candidate));
  const axes = [
    ...known.flatMap((axis) => axisTo(scale, candidate, axis, known, unknown)),
    ...unknown.flatMap((axis) => coincidence(scale, candidate, axis, known)),
  ];
  if (axes.length === 0) return { status: 'skipped', reason: scale.incomparable };
  const likelihood: Record<string, number> = {};
  for (const axis of axes) {
    for (const [id, log] of onAxis(scale, axis)) likelihood[id] = Math.min(likelihood[id] ?? 0, log);
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
    streams: axes.length,
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
      if (!expectation) return [];
      const further = expectation.basis === 'unmeasured' ? ' or further' : '';
      return [`${format(expectation.location)}${further} to "${variant.id}"`];
    })
    .join(', ');
}

/** Log-likelihoods of one axis, the best at 0. */
function onAxis<E>(scale: ClosenessScale<E>, axis: Axis): [id: string, log: number][] {
  const rows = [...axis.expectations].map(([id, expectation]) => {
    const log = at(expectation, clipped(scale, axis.value, expectation, id === axis.variant.id));
    return { id, expectation, log: doubted(scale, axis, log) };
  });
  const best = Math.max(
    ...rows.flatMap(({ expectation, log }) => (expectation.basis === 'unmeasured' ? [] : [log])),
  );
  return rows.map(({ id, expectation, log }) => {
    if (expectation.basis === 'itself') return [id, 0];
    if (expectation.basis === undefined) return [id, log - best];
    return [id, log - doubted(scale, axis, at(expectation, expectation.location))];
  });
}

/** Being closer to its own artifacts is no evidence against a hypothesis; nor, for strangers, being stranger. */
function clipped<E>(
  { closer }: ClosenessScale<E>,
  value: number,
  { location, openEnded = false }: Expectation,
  own: boolean,
): number {
  const beyond = closer * (value - location);
  return (own && beyond > 0) || (openEnded && beyond < 0) ? location : value;
}

/** The log-density of a value, mixed with that of models that did not read the same text. */
function doubted<E>({ elsewhere }: ClosenessScale<E>, { value, doubt = 0 }: Closeness, log: number): number {
  if (doubt === 0 || elsewhere === undefined) return log;
  return logSumExp([Math.log1p(-doubt) + log, Math.log(doubt) + at(elsewhere, value)], 0, 2);
}

function at({ location, scale, df = MODEL_DF }: Expectation, value: number): number {
  return studentTLogPdf(value, { df, location, scale });
}
