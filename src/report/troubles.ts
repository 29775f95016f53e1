import type { Report } from '../core/types.js';

/** A probe that brought no data, and why. */
export interface Trouble {
  readonly probe: string;
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Probes that failed or could not run, by name. */
export function troubles(report: Report): readonly Trouble[] {
  return Object.entries(report.probes)
    .filter(([, probe]) => probe.status !== 'ok')
    .map(([name, probe]) => ({
      probe: name,
      status: probe.status,
      code: probe.error?.code ?? '',
      message: probe.error?.message ?? probe.missing ?? '',
      hint: probe.error?.hint,
    }))
    .sort((a, b) => (a.probe < b.probe ? -1 : 1));
}
