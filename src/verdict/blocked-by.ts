import type { Blocker } from './blockers.js';

export type Coded<Code extends Blocker['code']> = Extract<Blocker, { code: Code }>;

/** Blockers of one code. */
export function coded<Code extends Blocker['code']>(blockers: readonly Blocker[], code: Code): Coded<Code>[] {
  return blockers.filter((blocker): blocker is Coded<Code> => blocker.code === code);
}

/** Probes that one error stopped, and their names as part of a sentence. */
export interface Failure {
  readonly error: string;
  readonly probes: readonly string[];
  readonly named: string;
}

/** One cause usually stops several probes. */
export function failuresOf(blockers: readonly Blocker[]): Failure[] {
  const failed = coded(blockers, 'probe-failed');
  return [...new Set(failed.map(({ error }) => error))].map((error) => {
    const probes = failed.filter((blocker) => blocker.error === error).map(({ probe }) => probe);
    const last = probes.at(-1) ?? '';
    const named =
      probes.length === 1 ? `${last} probe` : `${probes.slice(0, -1).join(', ')} and ${last} probes`;
    return { error, probes, named };
  });
}
