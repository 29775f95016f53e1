import type { SignalResult, Spoofing } from '../../src/core/types.js';
import type { Blocker } from '../../src/verdict/blockers.js';
import type { Weighing } from '../../src/verdict/weigh.js';

type Nats = Readonly<Record<string, number>>;

/** A signal that was scored; `spoofing` says how cheaply. */
export function scored(
  id: string,
  group: string,
  logLikelihood: Nats,
  spoofing: Spoofing = 'costly',
): SignalResult {
  return {
    ...{ id, title: `Title of ${id}`, group, spoofing, status: 'scored', observed: 'this' },
    ...{ expected: { full: 'that' }, logLikelihood, n: 1, details: [] },
  } as SignalResult;
}

export function skipped(id: string, group: string, spoofing: Spoofing = 'costly'): SignalResult {
  return { id, title: id, group, spoofing, status: 'skipped', reason: 'not run' };
}

export const BETS = { student: 0.5, other: 0.5 };

/** A weighing of votes that are one signal's likelihoods each, or the given ones. */
export function weighed(
  signals: readonly SignalResult[],
  posterior: Nats,
  votes?: Readonly<Record<string, Nats>>,
): Weighing {
  const groups = [...new Set(signals.map(({ group }) => group))];
  const all = groups.flatMap((group) => {
    const own = signals.filter((signal) => signal.group === group && signal.status === 'scored');
    const [first] = own;
    if (first?.status !== 'scored') return [];
    const vote = votes?.[group] ?? first.logLikelihood;
    return [{ group, signals: own.map(({ id }) => id), vote, streams: 1 }];
  });
  const total = Object.fromEntries(
    Object.keys(posterior).map((id) => [id, all.reduce((sum, { vote }) => sum + (vote[id] ?? 0), 0)]),
  );
  return { posterior, total, votes: all };
}

export const FAILED: Blocker = { code: 'probe-failed', probe: 'generation', error: 'RUNTIME_TIMEOUT' };
export const CHEAP: Blocker = { code: 'only-cheap-evidence' };
