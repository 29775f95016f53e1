import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GPT2_SMALL, writeDecoder } from './lib/decoder.mjs';
import { fixture } from './lib/host.mjs';

const CLI = fileURLToPath(new URL('../dist/esm/cli/main.js', import.meta.url));
const SAMPLE_MS = 10;
const MB = 2 ** 20;

/**
 * Peak memory of a collection beside the size of the model: of the runtime child, and of the command with it. Mapped
 * file pages are counted and named, since the system may take them back; the rest it may not. Linux only.
 */
export async function memory({ temp, report }) {
  if (process.platform !== 'linux')
    return report({ bench: 'memory', case: 'collect', skipped: 'needs /proc' });
  await measure('quill/full-1', fixture('quill/full-1'), temp);
  for (const inline of [false, true]) {
    const large = join(temp, 'gpt2-small-32k');
    writeDecoder(large, { ...GPT2_SMALL, vocabulary: 32_000, inline });
    cpSync(join(fixture('quill/full-1'), 'tokenizer.json'), join(large, 'tokenizer.json'));
    await measure(`12×12×768 synthetic, weights ${inline ? 'inline' : 'external'}`, large, temp);
    rmSync(large, { recursive: true });
  }
}

async function measure(name, folder, temp) {
  const model = bytesUnder(folder) / MB;
  const peak = await peakOf(['collect', folder, '--no-progress', '-o', join(temp, 'evidence.json')]);
  const figure = ({ rss, anon, file }) =>
    `${Math.round(rss)} MB (${(rss / model).toFixed(2)} × model; ${Math.round(anon)} own, ${Math.round(file)} mapped)`;
  console.log(
    `memory: ${name}: model ${Math.round(model)} MB; runtime child ${figure(peak.child)}; with the command ${figure(peak.both)}`,
  );
}

function bytesUnder(folder) {
  return readdirSync(folder, { recursive: true })
    .map((path) => statSync(join(folder, path)))
    .reduce((total, info) => total + (info.isFile() ? info.size : 0), 0);
}

function peakOf(args) {
  return new Promise((resolve, reject) => {
    const command = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
    const nothing = { rss: 0, anon: 0, file: 0 };
    const peak = { child: nothing, both: nothing };
    const timer = setInterval(() => {
      const child = childrenOf(command.pid).map(memoryOf).reduce(sum, nothing);
      const both = sum(memoryOf(command.pid), child);
      if (child.rss > peak.child.rss) peak.child = child;
      if (both.rss > peak.both.rss) peak.both = both;
    }, SAMPLE_MS);
    command.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(peak);
      else reject(new Error(`assay ${args[0]} ended with exit code ${code}`));
    });
  });
}

const sum = (a, b) => ({ rss: a.rss + b.rss, anon: a.anon + b.anon, file: a.file + b.file });

function childrenOf(pid) {
  const listed = readOr(`/proc/${pid}/task/${pid}/children`).trim();
  return listed === '' ? [] : listed.split(' ').map(Number);
}

/** Resident megabytes of a process; one that has just ended has none. */
function memoryOf(pid) {
  const status = readOr(`/proc/${pid}/status`);
  const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { rss: field('VmRSS'), anon: field('RssAnon'), file: field('RssFile') };
}

function readOr(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
