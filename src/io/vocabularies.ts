import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './paths.cjs';

const FOLDER = join(packageRoot, 'tokenizers');
const ENDING = '.vocab';

/** Ids of the compact vocabularies in the package. */
export function shippedVocabularies(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

/** The packed bytes of one of them. */
export function shippedVocabulary(id: string): Uint8Array {
  return readFileSync(join(FOLDER, `${id}${ENDING}`));
}
