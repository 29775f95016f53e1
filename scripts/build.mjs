// Two plain tsc builds: ESM for everyone, CommonJS because Jest on Node 20 cannot load an ESM-only package.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';

const tsc = new URL('../node_modules/typescript/bin/tsc', import.meta.url).pathname;
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
for (const project of ['tsconfig.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [tsc, '-p', project], {
    stdio: 'inherit',
    cwd: new URL('..', import.meta.url),
  });
}
writeFileSync(new URL('../dist/cjs/package.json', import.meta.url), '{"type":"commonjs"}\n');
chmodSync(new URL('../dist/esm/cli/main.js', import.meta.url), 0o755);
