import type { Evidence } from '../core/types.js';
import type { CandidateInput } from '../sources/open.js';
import { type CollectOptions, collect } from './collect.js';

/** Static identity of a candidate: files, digests and architecture. Runs no model. */
export function fingerprint(
  candidate: CandidateInput,
  options: Omit<CollectOptions, 'only'> = {},
): Promise<Evidence> {
  return collect(candidate, { ...options, only: ['files', 'architecture'] });
}
