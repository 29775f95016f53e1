import type { Report } from '../core/types.js';
import type { CandidateInput } from '../sources/open.js';
import { audit } from './audit.js';
import { buildProfile } from './build-profile.js';
import type { CollectOptions } from './collect.js';

/**
 * Are two candidates the same model? The first is measured as the reference, the second is audited as a claim
 * to be it.
 */
export async function compare(
  first: CandidateInput,
  second: CandidateInput,
  options: CollectOptions = {},
): Promise<Report> {
  const { only: _only, ...shared } = options;
  const references = [{ variant: 'same', kind: 'full', candidate: first }] as const;
  const profile = await buildProfile(references, { ...shared, id: 'comparison', runs: 1 });
  return audit(second, { ...options, profile, claim: 'same' });
}
