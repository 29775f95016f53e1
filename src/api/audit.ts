import type { Evidence, Report } from '../core/types.js';
import type { CandidateInput } from '../sources/open.js';
import { type CollectOptions, collect } from './collect.js';
import { type ScoreOptions, score } from './score.js';

export interface AuditOptions extends CollectOptions, ScoreOptions {
  /** Receives the evidence before it is judged, to keep it. */
  readonly onEvidence?: (evidence: Evidence) => void | Promise<void>;
}

/**
 * Collect evidence about a candidate and judge it against a profile.
 *
 * @example
 * const report = await audit('./delivered-model', { profile: 'quill', claim: 'full' });
 * if (report.verdict.outcome !== 'upheld') throw new Error(report.verdict.reasons[0]?.sentence);
 */
export async function audit(candidate: CandidateInput, options: AuditOptions): Promise<Report> {
  const evidence = await collect(candidate, options);
  await options.onEvidence?.(evidence);
  return score(evidence, options);
}
