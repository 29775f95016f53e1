import type { Evidence, Probe, ReferenceProfile, Signal, Suite } from '../core/types.js';
import type { SuiteTier } from '../profile/suite.js';
import { PROBES } from '../registry.js';
import type { Cost, Costs } from '../verdict/costs.js';
import { shippedSuite } from './assets.js';

const TIERS: readonly SuiteTier[] = ['quick', 'standard', 'deep'];
const suites = new Map<SuiteTier, Suite>();

/** What more evidence of a candidate would cost: known for the shipped suite alone. */
export function costsOf(evidence: Evidence, profile: ReferenceProfile, signals: readonly Signal[]): Costs {
  const lacking = (probes: readonly Probe[]): Probe[] => {
    return [...new Set(probes.flatMap(withUsed))].filter(({ id, version }) => {
      const status = evidence.probes[id];
      return status?.status !== 'ok' || status.version !== version;
    });
  };
  return {
    missing: (id) =>
      lacking(signals.find((signal) => signal.id === id)?.needs ?? []).map((probe) => probe.id),
    of: (ids) => {
      const suite = suiteOf(evidence, evidence.suite.tier);
      return suite && total(lacking(PROBES.filter(({ id }) => ids.includes(id))), suite);
    },
    larger: () => {
      const tier = nextTier(evidence, profile);
      const suite = tier && suiteOf(evidence, tier);
      const asked = PROBES.filter(({ id }) => evidence.probes[id] !== undefined);
      return suite && { tier: suite.tier, ...total(asked, suite) };
    },
  };
}

/** A larger tier shows more of a service, and of files what the references were asked as well. */
function nextTier({ candidate, suite }: Evidence, profile: ReferenceProfile): SuiteTier | undefined {
  const rank = rankOf(suite.tier);
  const measured = rankOf(profile.suite?.tier);
  if (candidate.kind === 'log' || rank < 0) return undefined;
  return candidate.kind === 'endpoint' || measured > rank ? TIERS[rank + 1] : undefined;
}

function rankOf(tier: string | undefined): number {
  return (TIERS as readonly (string | undefined)[]).indexOf(tier);
}

/** The suite the evidence was collected with, in one of its tiers; nothing where it is another than the shipped one. */
function suiteOf({ suite: { sha256 } }: Evidence, wanted: string): Suite | undefined {
  const tier = TIERS[rankOf(wanted)];
  if (tier === undefined) return undefined;
  const suite = suites.get(tier) ?? shippedSuite(tier);
  suites.set(tier, suite);
  return suite.sha256 === sha256 ? suite : undefined;
}

function withUsed(probe: Probe): readonly Probe[] {
  return [...(probe.uses ?? []).flatMap(withUsed), probe];
}

function total(probes: readonly Probe[], suite: Suite): Cost {
  const costs = probes.map((probe) => probe.cost(suite));
  return {
    requests: costs.reduce((sum, { requests }) => sum + requests, 0),
    tokens: costs.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}
