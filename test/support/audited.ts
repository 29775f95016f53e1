import {
  type AuditOptions,
  audit,
  type Evidence,
  loadProfile,
  type ProbeStatus,
  type ReferenceProfile,
  type Report,
} from '../../dist/esm/index.js';
import type { LogProbabilities } from '../../src/fingerprint/probes/log-probabilities.js';

export const quill = loadProfile('quill');
export const folio = loadProfile('folio');
export const DECIDED: ProbeStatus = {
  status: 'unavailable',
  missing: 'the case was decided before this probe',
};
/** Probes that ask the model nothing, as evidence orders them. */
export const FREE = ['architecture', 'files', 'lineage', 'quantization', 'tensor-digests'];

export interface Audited {
  readonly report: Report;
  readonly evidence: Evidence;
  /** Probes in the order in which they ran. */
  readonly ran: readonly string[];
}

/** An audit that stops when decided, with what it saw. */
export async function audited(folder: string, options: Partial<AuditOptions> = {}): Promise<Audited> {
  let evidence: Evidence | undefined;
  const ran: string[] = [];
  const report = await audit(folder, {
    profile: quill,
    stop: 'decided',
    clock: () => new Date(0),
    onProgress: (event) => {
      if (event.type === 'probe-start') ran.push(event.probe);
    },
    ...options,
    onEvidence: (seen) => {
      evidence = seen;
    },
  });
  if (!evidence) throw new Error('evidence is handed out');
  return { report, evidence, ran };
}

export function dataOf<T>({ probes }: Evidence, id: string): T | undefined {
  const status = probes[id];
  return status?.status === 'ok' ? (status.data as T) : undefined;
}

export const passages = (evidence: Evidence): number =>
  dataOf<LogProbabilities>(evidence, 'log-probabilities')?.texts.length ?? 0;

/** A profile that cannot tell precision from headers. */
export function withoutFacts(profile: ReferenceProfile): ReferenceProfile {
  const variants = Object.entries(profile.variants).map(
    ([id, variant]) => [id, { ...variant, facts: {} }] as const,
  );
  return { ...profile, variants: Object.fromEntries(variants) };
}
