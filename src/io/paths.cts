// CommonJS on purpose: __dirname is the one way to find a sibling file that works in both builds.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Program forked to run models, tokenizers and templates. */
export const runtimeEntry = join(__dirname, 'runtime', 'child.js');

/** Program of the threads that hash. */
export const hashWorkerEntry = join(__dirname, 'hash', 'worker.js');

// Built or a source, this file is at another depth. No types here: test runners do not strip them from this ending.
let folder = __dirname;
while (!existsSync(join(folder, 'profiles')) && dirname(folder) !== folder) folder = dirname(folder);

/** Folder that holds package.json, profiles/, suites/ and tokenizers/. */
export const packageRoot = folder;
