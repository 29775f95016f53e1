import type { Architecture, Evidence, SignalResult } from '../core/types.js';
import { bestRival, type Weighing } from './weigh.js';

/** Nats by which evidence that is costly to fake must favour the claim before it is upheld: odds of ten. */
const COSTLY_SUPPORT = Math.log(10);

/** Why an otherwise sufficient case may not be upheld. */
export type Blocker =
  | { readonly code: 'probe-failed'; readonly probe: string; readonly error: string }
  | { readonly code: 'contradiction'; readonly fact: string; readonly values: string }
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
  const architecture = evidence.probes.architecture;
  const contradictions =
    architecture?.status === 'ok' ? (architecture.data as Architecture).contradictions : [];
  const costly = votes.some(({ signals: ids, vote }) => {
    const real = ids.some((id) =>
      signals.some((signal) => signal.id === id && signal.spoofing !== 'trivial'),
    );
    return real && (vote[claim] ?? 0) - (vote[bestRival(vote, claim)] ?? 0) >= COSTLY_SUPPORT;
  });
  return [
    ...failed,
    ...contradictions.map(
      ({ fact, values }): Blocker => ({
        code: 'contradiction',
        fact,
        values: Object.entries(values)
          .map(([from, value]) => `${from} ${value}`)
          .join(', '),
      }),
    ),
    ...(costly ? [] : [{ code: 'only-cheap-evidence' } as const]),
  ];
}
