import type { CandidateSpec, CapabilityName } from './candidate.js';
import type { Evidence, Probe } from './evidence.js';
import type { Signal } from './signal.js';

/** What a service or a log of one can give; everything else comes from files. */
const REMOTE: ReadonlySet<CapabilityName> = new Set(['chat', 'completions', 'service', 'stacks', 'log']);

/** Whether a kind of candidate could ever answer a probe: an endpoint has no files, and files are no service. */
export function concerns(kind: CandidateSpec['kind'] | string, probe: Probe): boolean {
  const remote = kind === 'endpoint' || kind === 'log';
  const uses = probe.uses ?? [];
  return (
    probe.requires.every((name) => REMOTE.has(name) === remote) && uses.every((used) => concerns(kind, used))
  );
}

/** Whether a reference is asked a probe that the candidate answered: one of files, or one that compares services. */
export function asksReferences(probe: Probe): boolean {
  return probe.beside !== undefined || !probe.requires.some((name) => REMOTE.has(name));
}

/** Whether a signal can say anything about this candidate: each of its probes was asked, or could have been. */
export function relevant({ candidate, probes }: Evidence, { needs }: Signal): boolean {
  return needs.every((probe) => probes[probe.id] !== undefined || concerns(candidate.kind, probe));
}
