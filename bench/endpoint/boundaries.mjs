// node bench/endpoint/boundaries.mjs [--sessions 2000] [--honest 10000] [--seed 1] [--traces FILE.json] --texts FOLDER
// What cut replies, edges of pieces and biased ids say where usage is forged or missing. Every session draws a server;
// the probes really run against it, in process. FILE: [{ "reasoning": "…" }], recorded Chinese reasoning; without it
// the Chinese of the built-in suite is used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AssayError } from '../../dist/esm/core/errors.js';
import { seededRng } from '../../dist/esm/core/rng.js';
import { runSignals, viewsOf } from '../../dist/esm/core/run-signals.js';
import biasedProbe from '../../dist/esm/fingerprint/probes/biased-tokens.js';
import cutProbe from '../../dist/esm/fingerprint/probes/cut-replies.js';
import biasedSignal from '../../dist/esm/fingerprint/signals/biased-tokens.js';
import cutSignal from '../../dist/esm/fingerprint/signals/cut-tokens.js';
import edgesSignal from '../../dist/esm/fingerprint/signals/token-edges.js';
import { readProfile } from '../../dist/esm/profile/load.js';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';
import { judge } from '../../dist/esm/verdict/policy.js';
import { CUTS, cutServer, EDGES } from './lib/cut-server.mjs';
import { pools, STRESS, TEMPERS } from './lib/writer.mjs';

const root = new URL('../..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '2000' },
    honest: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    traces: { type: 'string' },
    texts: { type: 'string' },
  },
});

if (!values.texts) throw new Error('usage: boundaries.mjs --texts FOLDER, which holds corpus/ and sse/');

const SIGNALS = {
  all: [cutSignal, edgesSignal, biasedSignal],
  cut: [cutSignal],
  edges: [edgesSignal],
  bias: [biasedSignal],
};
const CLAIM = 'full';
const profile = readProfile(readFileSync(join(root, 'profiles/deepseek-r1.yaml'), 'utf8'), 'deepseek-r1');
const views = viewsOf(profile, []).variants;
const shipped = tokenStacks({});
const stacks = Object.fromEntries(
  await Promise.all(shipped.ids.map(async (id) => [id, remembered(await shipped.load(id))])),
);
const stacksCapability = { ids: shipped.ids, load: async (id) => stacks[id] };
const TRUE_STACKS = ['deepseek-v3', 'qwen2.5', 'llama-3'];
const pool = pools({
  texts: values.texts,
  suites: join(root, 'suites/prompts.yaml'),
  traces: values.traces,
});
const refused = () => new AssayError('ENDPOINT_UNSUPPORTED', 'logit_bias is not supported.', {});

await main();

/** Thousands of sessions list the words of the same vocabularies. */
function remembered(stack) {
  const lists = new Map();
  const words = (from, to) => {
    const key = `${from} ${to}`;
    if (!lists.has(key)) lists.set(key, stack.words(from, to));
    return lists.get(key);
  };
  return { ...stack, words };
}

async function main() {
  const rng = seededRng(Number(values.seed));
  const tables = {};
  for (const stack of TRUE_STACKS.map((id) => stacks[id])) {
    const honest = stack.id === 'deepseek-v3';
    const count = Number(honest ? values.honest : values.sessions);
    for (let i = 0; i < count; i++) note(tables, await session(stack, honest, rng));
  }
  show(tables);
}

async function session(stack, honest, rng) {
  const pick = (items) => items[Math.floor(rng() * items.length)];
  const server = {
    stack,
    temper: rng() < 0.1 ? pick(STRESS) : pick(TEMPERS),
    edges: pick(EDGES),
    // Cheats have no reason to cut in a strange way; honest servers are drawn from every way.
    cut: honest && rng() < 0.6 ? pick(CUTS) : 'own',
    bias: pick(['obeyed', 'ignored', 'refused']),
    hiddenTokens: pick([0, 0, 1, 2]),
    ...{ pool, refused, stacks },
  };
  const seed = Math.floor(rng() * 2 ** 32);
  const probes = {};
  let spent = 0;
  for (const probe of [cutProbe, biasedProbe])
    try {
      const chat = cutServer(server, rng);
      const metered = { reply: async (request) => meter(await chat.reply(request), request) };
      const context = { suite: { tier: 'quick' }, seed, rng: seededRng(seed), progress: () => undefined };
      const data = await probe.collect({ chat: metered, stacks: stacksCapability }, context);
      probes[probe.id] = { status: 'ok', version: probe.version, data };
    } catch (error) {
      if (error.code !== 'ENDPOINT_UNSUPPORTED') throw error;
      probes[probe.id] = { status: 'unavailable', missing: error.message };
    }
  const evidence = { candidate: { kind: 'endpoint' }, probes, warnings: [], seed };
  const outcomes = Object.fromEntries(
    Object.entries(SIGNALS).map(([name, signals]) => {
      const scored = runSignals(evidence, profile, signals);
      const errored = scored.find(({ status }) => status === 'errored');
      if (errored) throw new Error(`${errored.id}: ${errored.error.message}`);
      return [
        name,
        {
          outcome: judge(evidence, profile, CLAIM, scored, views).outcome,
          silent: scored.every(({ status }) => status !== 'scored'),
        },
      ];
    }),
  );
  return { server, outcomes, spent };

  function meter(reply, { messages, maxTokens }) {
    spent += stack.count(messages.at(-1).content) + 6 + maxTokens;
    return reply;
  }
}

function note(tables, { server, outcomes, spent }) {
  const truth = server.stack.id;
  const rows = [
    STRESS.includes(server.temper) ? 'stress' : 'every session',
    `temper: ${server.temper}`,
    ...(STRESS.includes(server.temper)
      ? []
      : [`edges: ${server.edges}`, `cut: ${server.cut}`, `bias: ${server.bias}`]),
  ];
  if (server.bias !== 'obeyed' && server.edges !== 'token') rows.push(`no bias, no edges: ${server.temper}`);
  const cell = table(tables, truth, () => ({}));
  for (const row of rows) {
    const at = table(cell, row, empty);
    at.n++;
    at.spent = Math.max(at.spent, spent);
    for (const [name, { outcome, silent }] of Object.entries(outcomes)) {
      if (outcome === 'refuted') at[name].refuted++;
      if (silent) at[name].silent++;
    }
  }
}

function empty() {
  const signals = Object.keys(SIGNALS).map((name) => [name, { refuted: 0, silent: 0 }]);
  return { n: 0, spent: 0, ...Object.fromEntries(signals) };
}

function table(into, key, make) {
  if (into[key] === undefined) into[key] = make();
  return into[key];
}

function show(tables) {
  for (const [truth, rows] of Object.entries(tables)) {
    console.log(`\n${truth}, claimed as ${CLAIM}: share refuted by all signals; by each alone`);
    for (const [row, at] of Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const share = (name) => `${name} ${((100 * at[name].refuted) / at.n).toFixed(2)} %`;
      console.log(
        `  ${row.padEnd(34)} n ${String(at.n).padStart(5)}  ${Object.keys(SIGNALS).map(share).join('  ')}  (≤ ${at.spent} tokens)`,
      );
    }
  }
}
