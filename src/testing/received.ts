import { loadProfile } from '../api/assets.js';
import { type AuditOptions, audit } from '../api/audit.js';
import { score } from '../api/score.js';
import { AssayError } from '../core/errors.js';
import type { CandidateSpec, Evidence, ReferenceProfile, Report } from '../core/types.js';

/** What a matcher may be given: a candidate to audit on the spot, or what an earlier audit left. */
export type Received =
  | { readonly type: 'candidate'; readonly value: string | CandidateSpec }
  | { readonly type: 'evidence'; readonly value: Evidence }
  | { readonly type: 'report'; readonly value: Report };

/** Options of an audit on the spot; the quick suite unless `suite` says otherwise. */
export type MatcherOptions = Omit<AuditOptions, 'profile'>;

export interface ReportOptions extends MatcherOptions {
  readonly profile?: string | ReferenceProfile;
}

/** Tell the three apart by their `schema` and `kind`. Throws USAGE. */
export function recognise(received: unknown): Received {
  if (typeof received === 'string') return { type: 'candidate', value: received };
  const fields = (received ?? {}) as { readonly schema?: unknown; readonly kind?: unknown };
  if (fields.schema === 'evidence/1') return { type: 'evidence', value: received as Evidence };
  if (fields.schema === 'report/1') return { type: 'report', value: received as Report };
  if (typeof fields.kind === 'string') return { type: 'candidate', value: received as CandidateSpec };
  throw new AssayError('USAGE', 'What was given is neither a candidate, nor evidence, nor a report.', {
    hint: 'Give a path, a { kind, path } specification, the result of collect() or the result of audit().',
  });
}

/** The report to judge by, made now unless one was given. Throws USAGE when a given one answers another question. */
export async function reportOf(received: unknown, options: ReportOptions): Promise<Report> {
  const { type, value } = recognise(received);
  const { profile: named, ...rest } = options;
  const profile = typeof named === 'string' ? loadProfile(named) : named;
  if (type === 'report') return sameQuestion(value, profile, options.claim);
  if (profile === undefined) {
    throw new AssayError('USAGE', `A report is needed, or a profile to judge the ${type} by.`, {
      hint: "Add { profile: 'name' } to the matcher's options, or pass the result of audit().",
    });
  }
  return type === 'evidence' ? score(value, { ...rest, profile }) : audit(value, { ...rest, profile });
}

function sameQuestion(
  report: Report,
  profile: ReferenceProfile | undefined,
  variant: string | undefined,
): Report {
  const { claim } = report;
  if (profile !== undefined && profile.id !== claim.profile)
    throw otherQuestion(`by profile "${claim.profile}", not "${profile.id}"`);
  if (variant !== undefined && variant !== claim.variant)
    throw otherQuestion(`for the claim "${claim.variant}", not "${variant}"`);
  return report;
}

function otherQuestion(difference: string): AssayError {
  return new AssayError('USAGE', `The report judges its candidate ${difference}.`, {
    hint: 'Score the evidence again: score(evidence, { profile, claim }).',
  });
}
