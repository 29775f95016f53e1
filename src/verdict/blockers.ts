import type { Contradiction, Evidence, SignalResult } from '../core/types.js';
import { bestRival, type Weighing } from './weigh.js';

/** Nats by which evidence that is costly to fake must favour the claim before it is upheld: odds of ten. */
const COSTLY_SUPPORT = Math.log(10);

/** Why an otherwise sufficient case may not be upheld. */
export type Blocker =
  | { readonly code: 'probe-failed'; readonly probe: string; readonly error: string }
  | { readonly code: 'contradiction'; readonly probe: string; readonly fact: string; readonly values: string }
  | { readonly code: 'only-cheap-evidence' };

/** Reasons not to uphold a claim, however probable it is. */
export function blockersOf(
  evidence: Evidence,
  signals: readonly SignalResult[],
  { votes }: Weighing,
  claim: string,
): Blocker[] {
  const failed = Object.entries(evidence.probes).flatMap(([probe, status]): Blocker[] =>
    status.status === 'failed' ? [{ code: 'probe-failed', probe, error: status.error.code }] : [],
  );
  const costly = votes.some(({ signals: ids, vote }) => {
    const real = ids.some((id) =>
      signals.some((signal) => signal.id === id && signal.spoofing !== 'trivial'),
    );
    return real && (vote[claim] ?? 0) - (vote[bestRival(vote, claim)] ?? 0) >= COSTLY_SUPPORT;
  });
  return [
    ...failed,
    ...contradictionsOf(evidence),
    ...(costly ? [] : [{ code: 'only-cheap-evidence' } as const]),
  ];
}

/** Probes that record what a delivery says of itself, most telling first. */
const WITNESSES = ['architecture', 'attention-statistics'];

/** One per fact: a mistake that shows in the graph and in a run is one mistake. */
function contradictionsOf({ probes }: Evidence): Blocker[] {
  const found = new Map<string, { probe: string; values: Contradiction['values'] }>();
  for (const probe of WITNESSES) {
    const status = probes[probe];
    const data = Object(status?.status === 'ok' ? status.data : undefined);
    const contradictions: readonly Contradiction[] = data.contradictions ?? [];
    for (const { fact, values } of contradictions) {
      const known = found.get(fact);
      found.set(fact, { probe: known?.probe ?? probe, values: { ...known?.values, ...values } });
    }
  }
  return [...found].map(([fact, { probe, values }]) => ({
    code: 'contradiction',
    probe,
    fact,
    values: Object.entries(values)
      .map(([from, value]) => `${from} ${value}`)
      .join(', '),
  }));
}
