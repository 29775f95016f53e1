// node bench/endpoint/loopback.mjs --texts FOLDER [--honest 10000] [--sessions 1000] [--spoofed 600] [--seed 1]
// Whole audits over HTTP: every dialect served on loopback, by engines with the tokens of DeepSeek-R1 and of its two
// kinds of distill, asked by the real client and judged with the shipped profile. FOLDER holds corpus/ and sse/, real
// text for the answers. Prints one table per question and the totals.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collectFrom } from '../../dist/esm/api/collect.js';
import { serve } from '../../dist/esm/api/serve.js';
import { loadProfile, score } from '../../dist/esm/index.js';
import { dialects } from '../../dist/esm/serve/dialects/table.js';
import { openEndpoint } from '../../dist/esm/sources/endpoint.js';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';
import { clopperPearson } from '../../dist/esm/stats/clopper-pearson.js';
import { stackEngine } from './lib/stack-engine.mjs';
import { pools, TEMPERS } from './lib/writer.mjs';

const { values } = parseArgs({
  options: {
    texts: { type: 'string' },
    honest: { type: 'string', default: '10000' },
    sessions: { type: 'string', default: '1000' },
    spoofed: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'usage,spoofed' },
  },
});
if (!values.texts) throw new Error('usage: loopback.mjs --texts FOLDER');

const profile = loadProfile('deepseek-r1');
const shipped = tokenStacks({});
/** Vocabularies and their word lists are read once, not once a session. */
const stacks = { ids: shipped.ids, load: async (id) => loaded.get(id) };
const loaded = new Map();
for (const id of shipped.ids) loaded.set(id, remembered(await shipped.load(id)));
const pool = pools({
  texts: values.texts,
  suites: join(import.meta.dirname, '../../suites/prompts.yaml'),
});
const HONEST = 'deepseek-v3';
const DISTILLS = { 'qwen2.5': 'four Qwen distills', 'llama-3': 'two Llama distills' };
const USAGE = ['token-counts'];
const ALL = ['token-counts', 'cut-replies', 'biased-tokens'];
let seed = Number(values.seed) * 1_000_003;

const _meters = new Map();
for (const part of values.only.split(',')) await { usage, spoofed }[part]();

/** Honest usage, three requests. */
async function usage() {
  const table = {};
  for (const dialect of dialects) {
    table[dialect.name] = {
      [HONEST]: await run(dialect.name, HONEST, Number(values.honest) / dialects.length, USAGE, []),
    };
    for (const stack of Object.keys(DISTILLS))
      table[dialect.name][stack] = await run(
        dialect.name,
        stack,
        Number(values.sessions) / dialects.length,
        USAGE,
        [],
      );
  }
  show('usage as the server counts it, 3 requests', table);
}

/** Usage counted with the claimed model's tokenizer, or none at all. */
async function spoofed() {
  for (const [title, cheats, only] of [
    ['usage recounted with the claimed tokenizer', ['recount=deepseek-v3'], undefined],
    ['no usage', [], 'no-usage'],
  ]) {
    const table = {};
    for (const dialect of dialects.filter(({ name }) => only === undefined || name === only)) {
      const count = Number(values.spoofed) / (only === undefined ? dialects.length : 1);
      table[dialect.name] = { [HONEST]: await run(dialect.name, HONEST, count, ALL, cheats) };
      for (const stack of Object.keys(DISTILLS))
        table[dialect.name][stack] = await run(dialect.name, stack, count, ALL, cheats);
    }
    show(`${title}, all channels that need no reference`, table);
  }
}

async function run(dialect, stackId, sessions, only, cheats) {
  const outcome = { refuted: 0, sessions: 0, silent: 0, requests: 0, tokens: 0, failed: 0, reasons: {} };
  const stack = loaded.get(stackId);
  for (let i = 0; i < Math.ceil(sessions); i++) {
    const temper = TEMPERS[(seed + i) % TEMPERS.length];
    const engine = metered(stackEngine(stack, { temper, pool }), outcome, stack);
    const server = await serve(engine, { dialect, cheats, tokenStack: async (id) => loaded.get(id) });
    try {
      const spec = { kind: 'endpoint', baseUrl: server.url, model: 'deepseek-r1' };
      const evidence = await asked(spec, only);
      note(outcome, evidence, score(evidence, { profile, claim: 'full' }));
    } finally {
      await server.close();
    }
  }
  return outcome;
}

async function asked(spec, only) {
  const source = await openEndpoint(spec, { allowPrivateAddresses: true });
  try {
    return await collectFrom(
      { ...source, capabilities: { ...source.capabilities, stacks } },
      { only, seed: seed++ },
    );
  } finally {
    await source.close();
  }
}

function remembered(stack) {
  const lists = new Map();
  const words = (from, to) => {
    const key = `${from} ${to}`;
    if (!lists.has(key)) lists.set(key, stack.words(from, to));
    return lists.get(key);
  };
  return { ...stack, words };
}

function metered(engine, outcome, _stack) {
  return {
    ...engine,
    answer: async (request, emit, signal) => {
      const end = await engine.answer(request, emit, signal);
      outcome.requests++;
      outcome.tokens += end.usage.promptTokens + end.usage.completionTokens;
      return end;
    },
  };
}

function note(outcome, evidence, report) {
  outcome.sessions++;
  if (report.verdict.outcome === 'refuted') outcome.refuted++;
  if (Object.values(evidence.probes).some(({ status }) => status === 'failed')) outcome.failed++;
  const speaking = report.signals.filter(
    ({ status, logLikelihood }) => status === 'scored' && Object.keys(logLikelihood).length > 0,
  );
  if (speaking.length === 0) outcome.silent++;
  for (const { id, status, reason } of report.signals)
    if (status === 'skipped')
      outcome.reasons[`${id}: ${reason}`] = (outcome.reasons[`${id}: ${reason}`] ?? 0) + 1;
}

function show(title, table) {
  console.log(`\n## ${title}\n`);
  const stacks = [HONEST, ...Object.keys(DISTILLS)];
  console.log(
    `| dialect | ${stacks.map((id) => (id === HONEST ? `${id}: refuted` : `${id}: caught`)).join(' | ')} | requests | tokens | scoreable |`,
  );
  console.log(`|---|${stacks.map(() => '---').join('|')}|---|---|---|`);
  const totals = Object.fromEntries(
    stacks.map((id) => [id, { refuted: 0, sessions: 0, silent: 0, failed: 0 }]),
  );
  const scoreable = [];
  for (const [dialect, row] of Object.entries(table)) {
    const cells = stacks.map((id) => `${row[id].refuted} of ${row[id].sessions}`);
    for (const id of stacks) for (const key of Object.keys(totals[id])) totals[id][key] += row[id][key];
    const own = row[HONEST];
    const caught = Object.keys(DISTILLS).every((id) => row[id].refuted / row[id].sessions >= 0.9);
    scoreable.push(caught);
    const why = caught
      ? 'yes'
      : `no: ${mostFrequent(row[Object.keys(DISTILLS)[0]].reasons) ?? 'counted by the gateway'}`;
    console.log(
      `| ${dialect} | ${cells.join(' | ')} | ${(own.requests / own.sessions).toFixed(1)} | ${(own.tokens / own.sessions).toFixed(0)} | ${why} |`,
    );
  }
  for (const id of stacks) {
    const { refuted, sessions, failed } = totals[id];
    const { low, high } = clopperPearson(refuted, sessions, 0.95);
    const percent = (share) => `${(100 * share).toFixed(2)} %`;
    console.log(
      `${id}: ${refuted} of ${sessions} refuted, ${percent(refuted / sessions)} (95 % interval ${percent(low)} to ${percent(high)}); ${failed} with a failed probe`,
    );
  }
  console.log(`scoreable dialects: ${scoreable.filter(Boolean).length} of ${scoreable.length}`);
}

function mostFrequent(counts) {
  return Object.entries(counts).sort(([, a], [, b]) => b - a)[0]?.[0];
}
