import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { alternate, ratioOf } from './lib/alternate.mjs';
import { writeDecoder } from './lib/decoder.mjs';
import { fixture, LIMITS, openHost, prompt, readConfig } from './lib/host.mjs';

const PACKAGE = '@huggingface/transformers@4.3.1';
/** Tokens of context before the first new one; at 900 the caches weigh as much as a tenth of the model. */
const SHORT = 64;
const LONG = 900;
const NEW_TOKENS = 64;
/** Fresh pairs of processes per case: a process keeps its luck with memory placement for life. */
const PAIRS = 3;
/** Session options of transformers.js: its own, and with our thread setting, to tell one cause from the other. */
const SESSIONS = [
  { label: 'its defaults', options: {} },
  {
    label: 'its threads not spinning',
    options: { extra: { session: { intra_op: { allow_spinning: '0' } } } },
  },
];

/** Decode rate of the library ÷ that of transformers.js, greedy, same folder, same ONNX Runtime version. */
export async function decode({ rounds, temp, report, transformers }) {
  const entry = transformers ?? install(temp, report);
  if (entry === undefined) return;
  const synthetic = join(temp, 'gpt2-small');
  if (!existsSync(synthetic)) writeDecoder(synthetic);
  for (const name of ['quill/full-1', 'folio/full-1']) {
    for (const session of SESSIONS)
      await compare(name, fixture(name), entry, { session, rounds: 4 * rounds, report });
  }
  for (const context of [SHORT, LONG])
    for (const session of SESSIONS)
      await compare('12×12×768 synthetic', synthetic, entry, {
        ...{ session, context, report },
        rounds: Math.ceil(rounds / 2),
      });
}

async function compare(name, folder, entry, { session, rounds, report, context = SHORT }) {
  const ids = prompt(context, readConfig(folder).vocab_size);
  const times = [];
  let identical = NEW_TOKENS;
  for (let pair = 0; pair < PAIRS; pair++) {
    const theirs = await openTransformers(entry, folder, session.options);
    const host = await openHost(folder);
    const options = { maxNewTokens: NEW_TOKENS, temperature: 0, ignoreEos: true };
    const latest = {};
    const run = (side, generate) => async () => {
      latest[side] = await generate();
      return rate(latest[side].tokenMs);
    };
    try {
      const first = run('theirs', () => theirs.generate(ids, NEW_TOKENS));
      const second = run('ours', () => host.call('generate', { ids, options }, LIMITS));
      times.push(...(await alternate(first, second, { rounds: Math.ceil(rounds / PAIRS), warmUp: 2 })));
      identical = Math.min(identical, agreement(latest.ours.ids, latest.theirs.ids));
    } finally {
      await host.close();
      theirs.close();
    }
  }
  const note = `${identical} of ${NEW_TOKENS} tokens identical`;
  report({
    bench: 'decode',
    case: `${name}, ${context} tokens, ${session.label}`,
    unit: 'tokens/s',
    note,
    ...ratioOf(times),
  });
}

/** Tokens per second of the decode loop: the first token also pays for reading the prompt. */
function rate(tokenMs) {
  const loop = tokenMs.slice(1);
  return (1e3 * loop.length) / loop.reduce((sum, ms) => sum + ms, 0);
}

function agreement(ours, theirs) {
  const differs = ours.findIndex((id, i) => id !== theirs[i]);
  return differs === -1 ? ours.length : differs;
}

async function openTransformers(entry, folder, sessionOptions) {
  const worker = fileURLToPath(new URL('lib/transformers-worker.mjs', import.meta.url));
  const child = fork(worker, [entry, folder, JSON.stringify(sessionOptions)]);
  const answer = () =>
    new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`transformers.js exited with ${code}`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        resolve(message);
      });
    });
  await answer();
  return {
    generate: (ids, maxNewTokens) => {
      child.send({ ids, maxNewTokens });
      return answer();
    },
    close: () => child.kill(),
  };
}

/** transformers.js is not a dependency; it comes from the registry into a temporary folder. */
function install(temp, report) {
  const folder = join(temp, 'transformers');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', PACKAGE];
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', timeout: 180_000 });
  } catch (error) {
    const reason = String(error.stderr ?? error.message)
      .trim()
      .split('\n')[0];
    report({ bench: 'decode', case: PACKAGE, skipped: `npm install failed: ${reason}` });
    return undefined;
  }
  return pathToFileURL(join(folder, 'node_modules/@huggingface/transformers/dist/transformers.node.mjs'))
    .href;
}
