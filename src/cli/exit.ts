import type { ErrorCode } from '../core/errors.js';
import type { Architecture, Evidence, Report } from '../core/types.js';

/** Exit codes, stable and documented. */
export const EXIT = {
  upheld: 0,
  refuted: 1,
  usage: 2,
  inconclusive: 3,
  notCollected: 4,
  internal: 5,
  interrupted: 130,
} as const;

const USAGE: readonly ErrorCode[] = [
  'EVIDENCE_INVALID',
  'PROFILE_INVALID',
  'PROFILE_NOT_FOUND',
  'SUITE_INVALID',
  'USAGE',
];
const INTERNAL: readonly ErrorCode[] = ['INTERNAL', 'WRITE_FAILED'];

export function exitCodeOfError(code: ErrorCode): number {
  if (code === 'ABORTED') return EXIT.interrupted;
  if (code === 'SIGNATURE_INVALID') return EXIT.refuted;
  if (USAGE.includes(code)) return EXIT.usage;
  return INTERNAL.includes(code) ? EXIT.internal : EXIT.notCollected;
}

/** A clause that failed outranks the verdict; a model nobody could read outranks an open verdict. */
export function exitCodeOfReport(report: Report): number {
  if (report.verdict.outcome === 'refuted' || report.clauses.some(({ passed }) => !passed))
    return EXIT.refuted;
  if (report.verdict.outcome === 'upheld') return EXIT.upheld;
  return couldNotCollect(report.probes) ? EXIT.notCollected : EXIT.inconclusive;
}

/** Evidence makes no claim, but a script must not take a delivery that failed or contradicts itself for a clean one. */
export function exitCodeOfEvidence({ probes }: Evidence): number {
  if (Object.values(probes).some(({ status }) => status === 'failed')) return EXIT.notCollected;
  const architecture = probes.architecture;
  const contradicts =
    architecture?.status === 'ok' && (architecture.data as Architecture).contradictions.length > 0;
  return contradicts ? EXIT.inconclusive : 0;
}

/** True when nothing beyond file digests was measured because probes failed. */
function couldNotCollect(probes: Readonly<Record<string, { readonly status: string }>>): boolean {
  const measured = Object.entries(probes).some(([id, { status }]) => id !== 'files' && status === 'ok');
  return !measured && Object.values(probes).some(({ status }) => status === 'failed');
}
