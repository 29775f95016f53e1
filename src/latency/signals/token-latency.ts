import type { Signal } from '../../core/types.js';
import { summarize } from '../../stats/summary.js';
import latencyProbe, { type LatencyEvidence } from '../probes/latency.js';

/**
 * Claim: none. Speed depends on the machine, its load and the export more than on the version.
 * Method: time to first token and inter-token latency of repeated greedy decoding of one prompt, raw samples
 * kept; shown, never weighed.
 * Source: TTFT and ITL as in MLPerf Inference and vLLM's benchmark definitions.
 * Assumptions: nothing else runs on the machine.
 * Error rates: the same file on the same machine differs by up to a factor of six under load.
 * Evasion: sleep, batch, or buy a faster machine.
 */
const tokenLatency: Signal = {
  id: 'token-latency',
  title: 'Token latency',
  group: 'latency',
  spoofing: 'trivial',
  needs: [latencyProbe],
  score: ({ candidate }) => {
    const { ttftMs, itlMs, tokensPerSecond } = candidate.latency as LatencyEvidence;
    if (itlMs.length === 0) return { status: 'skipped', reason: 'no gaps between tokens were measured' };
    const gaps = summarize(itlMs);
    return {
      status: 'scored',
      observed: `ITL median ${gaps.median.toPrecision(3)} ms (p95 ${gaps.p95.toPrecision(3)})`,
      expected: {},
      logLikelihood: {},
      n: itlMs.length,
      details: [
        { type: 'number', label: 'TTFT median', value: summarize(ttftMs).median, unit: 'ms' },
        { type: 'number', label: 'ITL median', value: gaps.median, unit: 'ms' },
        { type: 'number', label: 'ITL 95th percentile', value: gaps.p95, unit: 'ms' },
        { type: 'number', label: 'decode speed', value: tokensPerSecond, unit: 'tokens/s' },
        { type: 'samples', label: 'inter-token latency', unit: 'ms', values: itlMs },
      ],
    };
  },
};
export default tokenLatency;
