import type { Evidence } from '../core/types.js';
import type { CandidateInput } from '../sources/open.js';
import { type CollectOptions, collect } from './collect.js';

/** Probes that read a delivery without running it or decoding all of it. */
export const FINGERPRINT_PROBES: readonly string[] = ['files', 'architecture', 'quantization'];

/** Static identity of a candidate: files, digests, architecture and storage of its weights. Runs no model. */
export function fingerprint(
  candidate: CandidateInput,
  options: Omit<CollectOptions, 'only'> = {},
): Promise<Evidence> {
  return collect(candidate, { ...options, only: FINGERPRINT_PROBES });
}
