// Two plain tsc builds: ESM for everyone, CommonJS because Jest on Node 20 cannot load an ESM-only package.
import { spawn } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';

const tsc = new URL('../node_modules/typescript/bin/tsc', import.meta.url).pathname;
const cwd = new URL('..', import.meta.url);

function emit(...args) {
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [tsc, '-p', ...args], { stdio: 'inherit', cwd })
      .on('error', reject)
      .on('close', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`tsc -p ${args.join(' ')} ended with ${code}.`));
      });
  });
}

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
// The same sources: the first build checks them for both.
const builds = [emit('tsconfig.json'), emit('tsconfig.cjs.json', '--noCheck')];
const [failed] = (await Promise.allSettled(builds)).filter(({ status }) => status === 'rejected');
if (failed) {
  console.error(failed.reason.message);
  process.exit(1);
}
writeFileSync(new URL('../dist/cjs/package.json', import.meta.url), '{"type":"commonjs"}\n');
chmodSync(new URL('../dist/esm/cli/main.js', import.meta.url), 0o755);
