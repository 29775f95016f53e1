import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GPT2_SMALL, writeDecoder } from './lib/decoder.mjs';
import { fixture } from './lib/host.mjs';

const CLI = fileURLToPath(new URL('../dist/esm/cli/main.js', import.meta.url));
const SAMPLE_MS = 10;
const MB = 2 ** 20;

/** Peak resident set of a collection, command and runtime child together, beside the size of the model. Linux only. */
export async function memory({ temp, report }) {
  if (process.platform !== 'linux')
    return report({ bench: 'memory', case: 'collect', skipped: 'needs /proc' });
  const large = join(temp, 'gpt2-small-32k');
  writeDecoder(large, { ...GPT2_SMALL, vocabulary: 32_000 });
  cpSync(join(fixture('quill/full-1'), 'tokenizer.json'), join(large, 'tokenizer.json'));
  for (const [name, folder] of [
    ['quill/full-1', fixture('quill/full-1')],
    ['12×12×768 synthetic', large],
  ]) {
    const model = bytesUnder(folder) / MB;
    const peak = (await peakOf(['collect', folder, '--no-progress', '-o', join(temp, 'evidence.json')])) / MB;
    console.log(
      `memory: ${name}: model ${Math.round(model)} MB, peak ${Math.round(peak)} MB, ${Math.round(peak - model)} MB above the model`,
    );
  }
}

function bytesUnder(folder) {
  return readdirSync(folder, { recursive: true })
    .map((path) => statSync(join(folder, path)))
    .reduce((total, info) => total + (info.isFile() ? info.size : 0), 0);
}

function peakOf(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, residentOfTree(child.pid));
    }, SAMPLE_MS);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(peak);
      else reject(new Error(`assay ${args[0]} ended with exit code ${code}`));
    });
  });
}

/** Resident bytes of a process and its children; one that has just ended counts nothing. */
function residentOfTree(pid) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const below = children === '' ? [] : children.split(' ').map(Number);
    return pages * 4096 + below.reduce((total, child) => total + residentOfTree(child), 0);
  } catch {
    return 0;
  }
}
