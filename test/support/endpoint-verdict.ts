import { readFileSync } from 'node:fs';
import { seededRng } from '../../src/core/rng.js';
import { runSignals, viewsOf } from '../../src/core/run-signals.js';
import type {
  Capabilities,
  Evidence,
  Probe,
  ProbeContext,
  ProbeStatus,
  Signal,
  SignalResult,
  Suite,
} from '../../src/core/types.js';
import { readProfile } from '../../src/profile/load.js';
import { judge } from '../../src/verdict/policy.js';

const profile = readProfile(
  readFileSync(new URL('../../profiles/deepseek-r1.yaml', import.meta.url), 'utf8'),
  'deepseek-r1',
);
export const variants = viewsOf(profile, []).variants;

export function contextOf(seed: number, tier: Suite['tier'] = 'quick'): ProbeContext {
  const budget = { newTokens: 1, promptTokens: 1, textTokens: 1, latencyRuns: 1, latencyTokens: 1 };
  return {
    suite: { id: 'test', tier, sha256: '', prompts: [], texts: [], budget },
    seed,
    rng: seededRng(seed),
    maxPositions: undefined,
    headersOnly: false,
    signal: undefined,
    progress: () => undefined,
    warn: () => undefined,
    now: () => 0,
    collectedAt: '2026-11-22T00:00:00.000Z',
    enough: () => false,
    earlier: () => {
      throw new Error('no earlier probe');
    },
  };
}

/** What the shipped profile makes of one probe's data, the claim being the full version. */
export function verdictOn(
  probe: Probe,
  data: unknown,
  signals: readonly Signal[],
): { outcome: string; results: SignalResult[] } {
  const done: ProbeStatus = { status: 'ok', version: probe.version, data: JSON.parse(JSON.stringify(data)) };
  const evidence: Evidence = {
    schema: 'evidence/1',
    tool: { name: 'test', version: '0' },
    candidate: { kind: 'endpoint', label: 'test', digest: null },
    collectedAt: '',
    environment: {},
    seed: 0,
    suite: { id: 'test', tier: 'quick', sha256: '' },
    probes: { [probe.id]: done },
    warnings: [],
  };
  const results = runSignals(evidence, profile, signals);
  return { outcome: judge(evidence, profile, 'full', results, variants).outcome, results };
}

export const capabilities = (some: Partial<Capabilities>): Capabilities => some as Capabilities;
