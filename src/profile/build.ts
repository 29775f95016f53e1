import { AssayError } from '../core/errors.js';
import type { ReferenceProfile, Signal } from '../core/types.js';
import { calibrate } from './calibrate.js';
import { measurementsOf, type VariantEvidence, variantsOf } from './measurements.js';

/**
 * A profile from measured references, with the noise and power of `signals` on them. Facts on which the artifacts of a
 * variant disagree are left out. Throws PROFILE_INVALID when a reference could not be measured or no variant is full.
 */
export function assembleProfile(
  id: string,
  references: readonly VariantEvidence[],
  signals: readonly Signal[] = [],
): ReferenceProfile {
  const first = references[0];
  if (!first || !references.some(({ kind }) => kind === 'full')) {
    throw new AssayError('PROFILE_INVALID', `Profile "${id}" has no variant of kind full.`, {
      hint: 'Give at least one --variant ID:full=PATH.',
    });
  }
  const measured = measurementsOf(references);
  const profile = { schema: 'profile/1', id, suite: first.evidence.suite } as const;
  const variants = variantsOf(measured);
  const calibration = calibrate(measured, signals);
  return { ...profile, variants, ...(Object.keys(calibration).length > 0 ? { calibration } : {}) };
}
