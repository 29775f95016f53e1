import type { Detail, Signal, VariantView } from '../../core/types.js';
import greedyReplies, { type GreedyReply } from '../../replies/probes/greedy-replies.js';
import { ksTwoSample } from '../../stats/ks-two-sample.js';
import { summarize } from '../../stats/summary.js';
import { gapShape } from '../gap-shape.js';
import { streamOf } from '../stream.js';
import { durations, modes, msOf, samples, shapeRows } from '../stream-details.js';

/** Kolmogorov–Smirnov cannot reach p < 0.01 with fewer requests on each side. */
const LEAST_COMPARED = 6;

/**
 * Claim: none. "Full models answer in two phases" does not hold in general: see below. Speed depends on machine, load,
 * batching and network more than on the version.
 * Method: of each greedy stream, time to the first delta with text (answer or reasoning), total, gaps between deltas, and,
 * where usage or log-probabilities give a number of tokens, (end − first delta) / (tokens − 1) per token; medians over
 * replies with bootstrap intervals over replies. Modes of gaps by a mixture of two Gaussians of log gaps against one (BIC,
 * separation, valley), reasoning and answer apart; modes of replies by Hartigan's dip of log median gaps, from 40 replies.
 * Compared only with runs of the same day against the same address; never weighed.
 * Source: TTFT and ITL as guidellm and aiperf define them; Hartigan and Hartigan 1985; Raftery 1995 for BIC.
 * Assumptions: deltas are not tokens: a server may merge tokens, a gateway may hold deltas back.
 * Error rates: seven recorded streams of one 260,000-parameter model, alone on its machine, show two groups of gaps in
 * three (deltas that came together, a pause) and one in four; a model of random weights thinks at 15 ms per delta and
 * answers at 6 in one recording and at 15 and 14 in another. So modes tell sockets, batching, speculation and load, not
 * versions (test/latency/stream-latency.test.ts). Simulated, the rule finds two groups in 0 of 60 rows of 200 log-normal
 * or shifted exponential gaps (3 % of shifted exponential rows of 60), in 7 % of uniform rows of 200 and 17 % of 60, and
 * in 60 of 60 of two speeds ten times apart (as test/latency/modality.test.ts draws them). Power between versions was not
 * measured: the speed of fixture models is that of their shape.
 * Evasion: sleep, buffer, re-cut the stream, or buy a faster machine.
 */
const streamLatency: Signal = {
  id: 'stream-latency',
  title: 'Latency of streams',
  group: 'latency',
  spoofing: 'trivial',
  needs: [greedyReplies],
  score: ({ candidate, variants, strangers }) => {
    const replies = candidate['greedy-replies'] as readonly GreedyReply[];
    const streams = replies.flatMap((reply) => streamOf(reply) ?? []);
    if (streams.length === 0)
      return { status: 'skipped', reason: 'no reply came as a stream of two deltas or more' };
    const shapes = streams.flatMap((stream) => gapShape(msOf(stream)) ?? []);
    const medians = shapes.map(({ medianMs }) => medianMs);
    const references = [...variants, ...strangers].flatMap((variant) => comparable(replies, variant));
    const { median } = summarize(medians);
    return {
      status: 'scored',
      observed: `median gap ${median.toPrecision(3)} ms, first delta after ${summarize(streams.map(({ ttftMs }) => ttftMs)).median.toPrecision(3)} ms`,
      expected: Object.fromEntries(
        references.map(({ id, mediansMs }) => [
          id,
          `median gap ${summarize(mediansMs).median.toPrecision(3)} ms`,
        ]),
      ),
      logLikelihood: {},
      n: streams.length,
      details: [
        ...durations(streams),
        ...shapeRows(shapes),
        ...modes(streams, medians),
        ...comparisons(medians, references),
        ...samples(streams),
      ],
    };
  },
};
export default streamLatency;

interface Compared {
  readonly id: string;
  readonly mediansMs: readonly number[];
}

/** Runs of the same day against the same address: any other says nothing. */
function comparable(replies: readonly GreedyReply[], { id, runs }: VariantView): Compared[] {
  const { day, origin } = replies[0] ?? {};
  if (day === undefined || origin === undefined) return [];
  const mediansMs = runs
    .flatMap(({ data }) => data['greedy-replies'] as readonly GreedyReply[])
    .filter((reply) => reply.day === day && reply.origin === origin)
    .flatMap((reply) => gapShape(streamOf(reply)?.gaps.map(({ ms }) => ms) ?? [])?.medianMs ?? []);
  return mediansMs.length === 0 ? [] : [{ id, mediansMs }];
}

function comparisons(medians: readonly number[], references: readonly Compared[]): Detail[] {
  if (references.length === 0)
    return [
      {
        type: 'text',
        label: 'compared with',
        value: 'nothing: no reference was asked at this address on this day',
      },
    ];
  return references.flatMap(({ id, mediansMs }): Detail[] => [
    {
      type: 'number',
      label: `median gap over that of ${id}`,
      value: summarize(medians).median / summarize(mediansMs).median,
    },
    ...(Math.min(medians.length, mediansMs.length) < LEAST_COMPARED
      ? []
      : [
          {
            type: 'number' as const,
            label: `Kolmogorov–Smirnov p against ${id}`,
            value: ksTwoSample(medians, mediansMs).p,
          },
        ]),
  ]);
}
