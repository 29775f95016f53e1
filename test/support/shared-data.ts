import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Third-party models, tokenizers and templates: not part of the repository, so tests that need them skip without. */
const VARIABLE = 'ASSAY_SHARED_DATA';
const beside = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export const sharedData: string | undefined = [process.env[VARIABLE], beside].find(
  (folder) => folder !== undefined && existsSync(folder),
);

export function shared(path: string): string {
  return `${sharedData ?? ''}/${path}`;
}

/** Appended to a suite's name, so that a skip says why. */
export const whySkipped = sharedData ? '' : ` (skipped: no ${VARIABLE} folder and no ../shared/data)`;
