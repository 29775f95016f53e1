import { createHash } from 'node:crypto';
import type { Resource } from './resource.js';

/** SHA-256 over the raw digests in listed order (OMS section 6.5.1). It commits to no name and no size. */
export function rootDigest(resources: readonly Resource[]): string {
  const hash = createHash('sha256');
  for (const { digest } of resources) hash.update(digest, 'hex');
  return hash.digest('hex');
}
