import { defineConfig } from 'vitest/config';

/** Tests whose result depends on what else the process has done, or that change it for what follows. */
const OWN_PROCESS = [
  // Tests here and users of hostile-candidates clean up in hooks of a module that is imported.
  'test/hostile/**',
  'test/api/attention.test.ts',
  'test/io/hub-cache.test.ts',
  'test/serve/cli.test.ts',
  'test/sources/weights.test.ts',
  'test/verdict/containers.test.ts',
  // Listens for sockets that anything opens.
  'test/api/log.test.ts',
  // Measure how far their own memory grows.
  'test/formats/gguf/reject.test.ts',
  'test/formats/onnx/corpus.test.ts',
  'test/formats/onnx/fuzz.test.ts',
  'test/formats/safetensors/bad.test.ts',
  'test/formats/safetensors/read.test.ts',
  // Adds matchers to expect.
  'test/testing/**',
];

export default defineConfig({
  test: {
    // Real models run in child processes; two files at a time keep a two-core machine honest.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests of the built package load it as its users do, untransformed.
    server: { deps: { external: [/\/dist\/(esm|cjs)\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared process',
          include: ['test/**/*.test.ts'],
          exclude: ['test/consumers/**', ...OWN_PROCESS],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'own process', include: OWN_PROCESS.map((path) => path.endsWith('**') ? `${path}/*.test.ts` : path) } },
    ],
  },
});
