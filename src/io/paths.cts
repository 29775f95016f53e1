// CommonJS on purpose: __dirname is the one way to find a sibling file that works in both builds.
import { join } from 'node:path';

/** Program forked to run models, tokenizers and templates. */
export const runtimeEntry = join(__dirname, 'runtime', 'child.js');

/** Program of the threads that hash. */
export const hashWorkerEntry = join(__dirname, 'hash', 'worker.js');

/** Folder that holds package.json, profiles/ and suites/. */
export const packageRoot = join(__dirname, '..', '..', '..');
