import type { Report } from '../core/types.js';

/** By name: a report read back from canonical JSON has its keys sorted. */
export function environmentRows(report: Report): readonly (readonly [name: string, value: string])[] {
  return Object.entries(report.environment)
    .map(([name, value]) => [name, String(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
