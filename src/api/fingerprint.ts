import { AssayError } from '../core/errors.js';
import type { Evidence } from '../core/types.js';
import { type CandidateInput, isEndpoint } from '../sources/open.js';
import { type CollectOptions, collect } from './collect.js';

/** Probes that read a delivery without running it or decoding all of it. */
export const FINGERPRINT_PROBES: readonly string[] = ['files', 'architecture', 'quantization'];

/** Static identity of a candidate: files, digests, architecture and storage of its weights. Runs no model. Throws CANDIDATE_UNSUPPORTED for endpoints. */
export async function fingerprint(
  candidate: CandidateInput,
  options: Omit<CollectOptions, 'only'> = {},
): Promise<Evidence> {
  if (isEndpoint(candidate)) {
    throw new AssayError('CANDIDATE_UNSUPPORTED', 'An endpoint shows no files, and nothing was measured.', {
      hint: 'Use assay audit or assay collect, or give the folder or address of weights.',
    });
  }
  return collect(candidate, { ...options, only: FINGERPRINT_PROBES });
}
