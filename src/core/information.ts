import type { Probe, Signal, Suite } from './types.js';

/** Nats that a signal is expected to give for a claim over its best rival, or against it. */
export type ExpectedNats = (signal: Signal) => number;

/**
 * Most expected information per token first: what costs no tokens before what does, and of that facts and headers
 * before weights. Groups of signals read the same evidence, so a probe counts for what it is expected to say beyond the
 * probes before it. A probe never runs before one it uses.
 */
export function byInformation(
  probes: readonly Probe[],
  suite: Suite,
  signals: readonly Signal[],
  expected: ExpectedNats,
): Probe[] {
  const ordered: Probe[] = [];
  const heard = new Map<string, number>();
  const rank = (probe: Probe): Rank => {
    const added = withUses(probe).filter((each) => !ordered.includes(each));
    const tokens = added.reduce((sum, each) => sum + each.cost(suite).tokens, 0);
    const said = loudest([...ordered, ...added], signals, expected);
    const nats = [...said].reduce((sum, [group, value]) => sum + value - (heard.get(group) ?? 0), 0);
    return { probe, tokens, reads: added.some(readsFiles), perToken: nats / (1 + tokens) };
  };
  let left = [...new Set(probes.flatMap(withUses))];
  while (left.length > 0) {
    const best = left.map(rank).reduce((first, next) => (before(next, first) ? next : first));
    ordered.push(...withUses(best.probe).filter((each) => !ordered.includes(each)));
    for (const [group, value] of loudest(ordered, signals, expected)) heard.set(group, value);
    left = left.filter((each) => !ordered.includes(each));
  }
  return ordered;
}

interface Rank {
  readonly probe: Probe;
  readonly tokens: number;
  readonly reads: boolean;
  readonly perToken: number;
}

function before(a: Rank, b: Rank): boolean {
  if ((a.tokens === 0) !== (b.tokens === 0)) return a.tokens === 0;
  if (a.tokens === 0 && a.reads !== b.reads) return b.reads;
  return a.perToken > b.perToken || (a.perToken === b.perToken && a.tokens < b.tokens);
}

/** A probe after those it uses. */
export function withUses(probe: Probe): Probe[] {
  return [...new Set([...(probe.uses ?? []).flatMap(withUses), probe])];
}

/** Most that signals of each group are expected to say of what these probes gather. */
function loudest(
  probes: readonly Probe[],
  signals: readonly Signal[],
  expected: ExpectedNats,
): Map<string, number> {
  const said = new Map<string, number>();
  for (const signal of signals) {
    if (signal.needs.every(({ id }) => probes.some((probe) => probe.id === id)))
      said.set(signal.group, Math.max(said.get(signal.group) ?? 0, expected(signal)));
  }
  return said;
}

function readsFiles({ reads, requires }: Probe): boolean {
  return reads === 'weights' || requires.includes('files');
}
