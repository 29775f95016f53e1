/** Limits of everything a stranger's signature may hold. */

/** A statement over 100,000 shards takes 20 MB, and base64 a third more. */
export const MAX_BUNDLE_BYTES = 64 * 2 ** 20;

/** Leaf, two or three intermediates; every pair costs a signature check when paths are searched. */
export const MAX_CERTIFICATES = 8;

/** Certificates are 1 to 3 KB; the largest real ones, with hundreds of names, stay under 32. */
export const MAX_CERTIFICATE_BYTES = 64 * 1024;

/** Bundles hold one entry, or two while logs are replaced; each costs several signature checks. */
export const MAX_LOG_ENTRIES = 8;

/** Findings kept per kind: a delivery of 100,000 wrong files needs no list of all. */
export const MAX_FINDINGS = 1000;
