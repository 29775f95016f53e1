import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '../core/errors.js';
import type { Evidence, ReferenceProfile, Suite } from '../core/types.js';
import { sha256 } from '../io/files.js';
import { packageRoot } from '../io/paths.cjs';
import { readProfile } from '../profile/load.js';
import { readSuite, type SuiteTier } from '../profile/suite.js';

/** Name and version of this package, for evidence and reports. */
export function toolIdentity(): Evidence['tool'] {
  const { name, version } = JSON.parse(
    readFileSync(join(packageRoot, 'package.json'), 'utf8'),
  ) as Evidence['tool'];
  return { name, version };
}

/** One tier of the shipped probe suite. */
export function shippedSuite(tier: SuiteTier): Suite {
  const yaml = readFileSync(join(packageRoot, 'suites', 'prompts.yaml'), 'utf8');
  return readSuite(yaml, tier, sha256(yaml));
}

/** Ids of the profiles in the package. */
export function shippedProfiles(): string[] {
  return readdirSync(join(packageRoot, 'profiles'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** A profile by file path or shipped name. Throws PROFILE_NOT_FOUND or PROFILE_INVALID. */
export function loadProfile(nameOrPath: string): ReferenceProfile {
  const shipped = shippedProfiles().includes(nameOrPath);
  const path = shipped ? join(packageRoot, 'profiles', `${nameOrPath}.yaml`) : nameOrPath;
  let yaml: string;
  try {
    yaml = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AssayError(
      'PROFILE_NOT_FOUND',
      `No profile "${nameOrPath}" (${(cause as NodeJS.ErrnoException).code}).`,
      {
        hint: `Shipped profiles: ${shippedProfiles().join(', ') || 'none'}. Or give the path of a profile YAML file.`,
        cause,
      },
    );
  }
  return readProfile(yaml, `"${nameOrPath}"`);
}
