import type { CapabilityName } from './candidate.js';
import type { Evidence, Probe } from './evidence.js';
import type { Signal } from './signal.js';

/** What each kind of candidate can give; files give the rest. */
const GIVES: Readonly<Partial<Record<string, ReadonlySet<CapabilityName>>>> = {
  endpoint: new Set(['chat', 'completions', 'service', 'stacks']),
  log: new Set(['log', 'stacks']),
};
const REMOTE: ReadonlySet<CapabilityName> = new Set(
  Object.values(GIVES).flatMap((names) => [...(names ?? [])]),
);

/** Whether a kind of candidate could ever answer a probe: an endpoint has no files, and files are no service. */
export function concerns(kind: string, probe: Probe): boolean {
  const gives = GIVES[kind];
  const uses = probe.uses ?? [];
  return (
    probe.requires.every((name) => (gives ? gives.has(name) : !REMOTE.has(name))) &&
    uses.every((used) => concerns(kind, used))
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
