import { randomInt } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Report } from '../core/types.js';
import { type CandidateInput, isEndpoint } from '../sources/open.js';
import { audit } from './audit.js';
import { buildProfile } from './build-profile.js';
import { type CollectOptions, MAX_SEED } from './collect.js';

/**
 * Are two candidates the same model? The first is measured as the reference, the second is audited as a claim
 * to be it.
 */
export async function compare(
  first: CandidateInput,
  second: CandidateInput,
  options: CollectOptions = {},
): Promise<Report> {
  const { only: _only, ...given } = options;
  // A server is compared by its answers, so a local model beside it gives some too.
  const remote = isEndpoint(first) || isEndpoint(second);
  const shared = remote ? { seed: randomInt(MAX_SEED), ...given, likeEndpoint: true } : given;
  const variant = variantName(first);
  const profile = await buildProfile([{ variant, kind: 'full', candidate: first }], {
    ...shared,
    id: 'comparison',
    runs: 1,
  });
  return audit(second, { ...options, ...shared, profile, claim: variant });
}

/** The first candidate's name, as far as a variant id may carry it. */
function variantName(candidate: CandidateInput): string {
  const path =
    typeof candidate === 'string'
      ? // Of an endpoint, the model it names.
        candidate.replace(/^https?:\/\/[^#]*#/, '')
      : candidate.kind === 'endpoint'
        ? candidate.model
        : candidate.path;
  const name = basename(resolve(path))
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name === '' || name === 'other' ? 'first' : name;
}
