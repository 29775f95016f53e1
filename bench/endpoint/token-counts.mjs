// How often the token-stack signal refutes honest and cheating services, simulated in this process with the real
// tokenizers and the probe itself:
//   npm run build && node bench/endpoint/token-counts.mjs [sessions] [quick|standard|deep]

import { loadProfile, shippedSuite, toolIdentity } from '../../dist/esm/api/assets.js';
import { collectEvidence } from '../../dist/esm/core/collect.js';
import { seededRng } from '../../dist/esm/core/rng.js';
import { runSignals, viewsOf } from '../../dist/esm/core/run-signals.js';
import probe from '../../dist/esm/fingerprint/probes/token-counts.js';
import signal from '../../dist/esm/fingerprint/signals/token-stack.js';
import { settledStack } from '../../dist/esm/fingerprint/token-counts/settled.js';
import {
  EVEN,
  leaningAgainst,
  plainText,
  tellingText,
} from '../../dist/esm/fingerprint/token-counts/texts.js';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';
import { judge } from '../../dist/esm/verdict/policy.js';
import { CHEATS, diluted, HONEST, reported } from './lib/count-servers.mjs';

const sessions = Number(process.argv[2] ?? 2000);
const tier = process.argv[3] ?? 'quick';
const only = process.argv[4];
const profile = loadProfile('deepseek-r1');
const claim = 'full';
const suite = shippedSuite(tier);
const stacks = tokenStacks({});
const loaded = new Map();
for (const id of stacks.ids) loaded.set(id, await stacks.load(id));
const memo = { ids: stacks.ids, load: async (id) => loaded.get(id) };

/** Thousands of long sessions share texts that the probe's own functions drew; short ones run the probe itself. */
const REQUESTS = { standard: 30, deep: 150 };
const pools = new Map();
function pool(against) {
  const rng = seededRng(99);
  const known = [...loaded.values()];
  const leaning = against === undefined ? EVEN : leaningAgainst(against, known, rng);
  const drawn =
    pools.get(against) ??
    Array.from({ length: 600 }, () => tellingText(known, rng, { limit: 220, leaning, earlier: [] }));
  pools.set(against, drawn);
  return drawn;
}
function pooled(habit, seed) {
  const rng = seededRng(seed);
  const requests = [];
  let foreign = 0;
  let against;
  const met = new Set();
  while (requests.length < REQUESTS[tier]) {
    if (requests.length === 3) against = settledStack(requests);
    const drawn =
      requests.length === 0 ? plainText([...loaded.values()], rng) : pool(against)[Math.floor(600 * rng())];
    if (met.has(drawn.text)) continue;
    met.add(drawn.text);
    const { stack, ...request } = reported(habit, requests.length, drawn);
    if (stack !== undefined && stack !== 'deepseek-v3') foreign++;
    requests.push(request);
  }
  const data = { stacks: stacks.ids, maxTokens: 1, requests, failures: {} };
  const evidence = {
    candidate: { kind: 'endpoint' },
    probes: { 'token-counts': { status: 'ok', version: probe.version, data } },
  };
  const [result] = runSignals(evidence, profile, [signal]);
  return {
    evidence,
    result,
    foreign,
    verdict: judge(evidence, profile, claim, [result], viewsOf(profile, []).variants),
  };
}

async function session(habit, seed) {
  if (tier !== 'quick') return pooled(habit, seed);
  const counts = (text) => Object.fromEntries([...loaded].map(([id, stack]) => [id, stack.count(text)]));
  let at = 0;
  let foreign = 0;
  const chat = {
    reply: async ({ messages: [{ content }] }) => {
      const { promptTokens, cachedTokens, stack } = reported(habit, at++, {
        text: content,
        counts: counts(content),
      });
      if (stack !== undefined && stack !== 'deepseek-v3') foreign++;
      return {
        model: null,
        quirks: [],
        usage:
          promptTokens === null
            ? null
            : { promptTokens, completionTokens: 1, reasoningTokens: null, cachedTokens },
      };
    },
  };
  const source = {
    kind: 'endpoint',
    label: 'x',
    capabilities: { chat, stacks: memo },
    environment: () => ({}),
  };
  const evidence = await collectEvidence(source, [probe], {
    tool: toolIdentity(),
    suite,
    seed,
    collectedAt: '',
    now: () => 0,
    headersOnly: false,
  });
  const [result] = runSignals(evidence, profile, [signal]);
  const verdict = judge(evidence, profile, claim, [result], viewsOf(profile, []).variants);
  return { evidence, result, verdict, foreign };
}

const row = (name, tally) => process.stdout.write(`${name.padEnd(40)} ${JSON.stringify(tally)}\n`);
let inputs = 0;
async function arm(name, make, foreignStack, many) {
  const tally = { sessions: many, refuted: 0, skipped: 0, met: 0 };
  let covered = 0,
    odds = 0;
  const share = /^diluted ([\d.]+)/.exec(name)?.[1];
  for (let at = 0; at < many; at++) {
    const seed = at * 7919 + name.length * 104729;
    const { evidence, result, verdict, foreign } = await session(
      make(seededRng(seed ^ 0x5bd1e995), 'deepseek-v3', foreignStack),
      seed,
    );
    if (result.status === 'errored') throw new Error(JSON.stringify(result.error));
    if (result.status === 'skipped') tally.skipped++;
    if (verdict.outcome === 'refuted') tally.refuted++;
    if (foreign > 0) tally.met++;
    const data = evidence.probes['token-counts'].data;
    if (tier === 'quick')
      for (const id of data.stacks)
        inputs = Math.max(
          inputs,
          data.requests.reduce((s, { counts }) => s + counts[id] + 30, 0),
        );
    if (share !== undefined && result.status === 'scored') {
      const [low, high] = ['lower', 'upper'].map(
        (end) => result.details.find(({ label }) => label.includes(end))?.value,
      );
      if (low <= 100 * share && 100 * share <= high) covered++;
    }
    odds = Math.max(odds, verdict.outcome === 'refuted' ? verdict.eValue : 0);
    if (
      process.env.SHOW &&
      (verdict.outcome === 'refuted') === (process.env.SHOW === 'refuted') &&
      tally.shown === undefined
    ) {
      tally.shown = result.observed ?? result.reason;
      tally.p = verdict.posterior[claim];
      tally.why = verdict.reasons[0]?.sentence;
    }
  }
  if (share !== undefined) tally.covered = covered;
  row(name, tally);
  return tally;
}
const total = { honest: 0, accused: 0 };
const names = Object.keys(HONEST).filter((n) => !only || n.includes(only));
for (const name of names) {
  const { refuted } = await arm(name, HONEST[name], undefined, Math.ceil(sessions / names.length));
  total.honest += Math.ceil(sessions / names.length);
  total.accused += refuted;
}
row('honest, all', total);
for (const foreign of ['qwen2.5', 'llama-3']) {
  for (const [name, make] of Object.entries(CHEATS))
    if (!only || name.includes(only))
      await arm(`${name}: ${foreign}`, make, foreign, Math.ceil(sessions / 10));
  if (tier !== 'quick')
    for (const share of [0.02, 0.1, 0.5])
      if (!only || 'diluted'.includes(only))
        await arm(`diluted ${share}: ${foreign}`, diluted(share), foreign, Math.ceil(sessions / 10));
}
if (tier === 'quick') row('most input tokens of a session', inputs);
