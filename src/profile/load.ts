import { parse } from 'yaml';
import { z } from 'zod';
import { AssayError } from '../core/errors.js';
import type { ReferenceProfile } from '../core/types.js';
import { profileSchema } from './schema.js';

/** Aliases stand for repeated runs; more than this is a billion-laughs document. */
const MAX_ALIASES = 1000;

/** Parse a profile. Throws PROFILE_INVALID with the place of the first fault. */
export function readProfile(yaml: string, name: string): ReferenceProfile {
  const parsed = profileSchema.safeParse(fromYaml(yaml, name));
  if (!parsed.success) {
    throw new AssayError('PROFILE_INVALID', `Profile ${name} is invalid: ${z.prettifyError(parsed.error)}`, {
      hint: 'Build it with: assay profile build --id ID --variant ID:KIND=PATH -o profile.yaml',
    });
  }
  return parsed.data as ReferenceProfile;
}

function fromYaml(text: string, name: string): unknown {
  try {
    return parse(text, { maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw new AssayError('PROFILE_INVALID', `Profile ${name} is not YAML: ${(cause as Error).message}`, {
      hint: 'Check indentation and quoting at the line named above.',
      cause,
    });
  }
}
