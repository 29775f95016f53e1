import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const FILES = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.startsWith('consumers'))
  .map((path) => `test/${path.replaceAll('\\', '/')}`);

/**
 * What makes a test depend on what else its process has done, or change it for what follows: memory of the process,
 * which the peak of a process that it starts cannot be below; sockets that anything opens; matchers.
 */
const OWN_PROCESS = /memoryUsage|peak-memory|createHook|model-assay\/vitest/;
const own = FILES.filter((path) => OWN_PROCESS.test(readFileSync(path, 'utf8')));
const shared = FILES.filter((path) => !own.includes(path));

export default defineConfig({
  test: {
    // Real models run in child processes; two files at a time keep a two-core machine honest.
    maxWorkers: 2,
    globalSetup: 'test/support/scratch-folder.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests of the built package load it as its users do, untransformed.
    server: { deps: { external: [/\/dist\/(esm|cjs)\//] } },
    projects: [
      { extends: true, test: { name: 'own process', include: own } },
      { extends: true, test: { name: 'shared process', include: shared, isolate: false } },
    ],
  },
});
