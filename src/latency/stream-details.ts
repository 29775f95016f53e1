import { seededRng } from '../core/rng.js';
import type { Detail } from '../core/types.js';
import type { GapShape } from './gap-shape.js';
import { interval } from './interval.js';
import { groupsOf, LEAST_GAPS, LEAST_REQUESTS, requestGroups } from './modality.js';
import type { Stream } from './stream.js';

/** Every draw of one report is the same. */
const SEED = 1;

export function msOf({ gaps }: Stream, channel?: 'text' | 'reasoning'): number[] {
  return gaps.flatMap((gap) => (channel === undefined || gap.channel === channel ? gap.ms : []));
}

export function durations(streams: readonly Stream[]): Detail[] {
  const perToken = streams.flatMap(({ msPerToken }) => msPerToken ?? []);
  const speeds = perToken.filter((ms) => ms > 0).map((ms) => 1000 / ms);
  const counted = (by: 'usage' | 'log-probabilities'): number =>
    streams.filter(({ tokens }) => tokens?.by === by).length;
  return [
    ...interval(
      'TTFT, median',
      'ms',
      streams.map(({ ttftMs }) => ttftMs),
    ),
    ...interval(
      'total, median',
      'ms',
      streams.map(({ totalMs }) => totalMs),
    ),
    ...interval('ITL per token, median', 'ms', perToken),
    ...interval('speed, median', 'tokens/s', speeds),
    { type: 'number', label: 'replies with tokens counted by usage', value: counted('usage') },
    {
      type: 'number',
      label: 'replies with tokens counted by log-probabilities',
      value: counted('log-probabilities'),
    },
  ];
}

export function shapeRows(shapes: readonly GapShape[]): Detail[] {
  const rows = [
    ['gap between deltas, median', 'ms', 'medianMs'],
    ['gap, 95th percentile', 'ms', 'p95Ms'],
    ['gap, interquartile range', 'ms', 'iqrMs'],
    ['gap, coefficient of variation', '', 'cv'],
    ['gap, correlation with the one before', '', 'lag1'],
    ['share of deltas that came together', '', 'together'],
    ['growth of the gap per 100 deltas', 'ms', 'slope'],
  ] as const;
  return rows.flatMap(([label, unit, key]) =>
    interval(
      `${label} (median of replies)`,
      unit,
      shapes.flatMap((shape) => shape[key] ?? []),
    ),
  );
}

export function modes(streams: readonly Stream[], medians: readonly number[]): Detail[] {
  const rng = seededRng(SEED);
  const tested = requestGroups(medians, rng);
  const requests = tested
    ? `dip ${tested.dip.toFixed(4)}, p ${tested.p.toPrecision(2)} for one mode, ${medians.length} replies`
    : `not tested: ${medians.length} replies of the ${LEAST_REQUESTS} that the dip test needs`;
  const phases = [
    ['reasoning', 'reasoning'],
    ['answer', 'text'],
  ] as const;
  return [
    { type: 'text', label: 'speeds of replies', value: requests },
    ...phases.map(([label, channel]): Detail => {
      const groups = groupsOf(
        streams.flatMap((stream) => msOf(stream, channel)),
        rng,
      );
      return {
        type: 'text',
        label: `gaps within ${label}`,
        value: groups ? describe(groups) : `fewer than ${LEAST_GAPS} gaps`,
      };
    }),
  ];
}

function describe({ two, bicGain, fit }: NonNullable<ReturnType<typeof groupsOf>>): string {
  const gain = `BIC ${bicGain >= 0 ? 'gains' : 'loses'} ${Math.abs(bicGain).toFixed(0)} with two groups`;
  if (!two) return `one group by our rule (${gain}, ${fit.separation.toFixed(1)} widths apart)`;
  const [a, b] = fit.two.map(
    ({ weight, mean }) => `${(100 * weight).toFixed(0)} % around ${Math.exp(mean).toPrecision(2)} ms`,
  );
  return `two groups: ${a}, ${b} (${gain})`;
}

export function samples(streams: readonly Stream[]): Detail[] {
  return [
    { type: 'samples', label: 'TTFT', unit: 'ms', values: streams.map(({ ttftMs }) => ttftMs) },
    {
      type: 'samples',
      label: 'gap between deltas of reasoning',
      unit: 'ms',
      values: streams.flatMap((s) => msOf(s, 'reasoning')),
    },
    {
      type: 'samples',
      label: 'gap between deltas of the answer',
      unit: 'ms',
      values: streams.flatMap((s) => msOf(s, 'text')),
    },
  ];
}
