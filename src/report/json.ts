import { canonicalJson } from '../core/canonical-json.js';
import type { Report } from '../core/types.js';

/** The report itself, in the one text form whose digest is stable. */
export function renderJson(report: Report): string {
  return canonicalJson(report);
}
