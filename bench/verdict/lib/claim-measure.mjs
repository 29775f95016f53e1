import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedSuite } from '../../../dist/esm/api/assets.js';
import { fitContext } from '../../../dist/esm/core/context.js';
import { collect, serve } from '../../../dist/esm/index.js';
import { streamOf } from '../../../dist/esm/latency/stream.js';
import { openCandidate } from '../../../dist/esm/sources/open.js';
import { repetition } from '../../../dist/esm/stats/repetition.js';

const PROMPTS = 16;
const SAMPLES = 4;
/** Repetition depends on length, so every continuation has this one, end tokens or not. */
const TOKENS = 96;
const LATENCY = { runs: 8, tokens: 48 };

/** Repetition at one length and gaps between tokens. Kept in the folder `keep`, where given, and used again. */
export async function measured(family, model, keep) {
  const file = keep && join(keep, `claims-${family}-${model.name}-${model.sha256.slice(0, 12)}.json`);
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const values = { ...(await decoded(model)), gapsServed: await servedGaps(model) };
  if (file) writeFileSync(file, JSON.stringify(values));
  return values;
}

/** Everything config.json says of the shape, as one text: students are compared with models of their own. */
export function sizeOf({ path }) {
  const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));
  const layers = config.num_hidden_layers ?? config.n_layer;
  const heads = config.num_attention_heads ?? config.n_head;
  const neurons = config.intermediate_size ?? config.n_inner ?? '';
  return [layers, heads, config.hidden_size ?? config.n_embd, neurons].join('x');
}

/** Entropy and greedy repetition of the suite; null where a probe found nothing. */
export function fromEvidence({ probes }) {
  const attention = probes['attention-statistics'];
  const repeated = probes.repetition;
  const heads = attention?.status === 'ok' ? attention.data.prompts : [];
  const rows = repeated?.status === 'ok' ? repeated.data : [];
  return {
    entropy: average(heads.flatMap(({ normalizedEntropy }) => normalizedEntropy.flat())),
    greedyAsked: average(rows.flatMap((row) => row['seq-rep-4'] ?? [])),
    tokensAsked: average(rows.map(({ tokens }) => tokens)),
  };
}

/** Greedy and sampled continuations of one length, and gaps between tokens before and after them. */
async function decoded({ path }) {
  const source = await openCandidate(path, { hash: false });
  const { tokens, sampling } = source.capabilities;
  try {
    const prompts = await encodedPrompts(tokens, source.maxPositions);
    const [first] = prompts;
    const generate = (ids, options) =>
      sampling.generate(ids, { maxNewTokens: TOKENS, ignoreEos: true, ...options });
    const gapsFirst = await directGaps(sampling, first);
    const greedy = [];
    const sampled = [];
    for (const [at, ids] of prompts.entries()) {
      greedy.push(repetition((await generate(ids, {})).ids));
      for (let sample = 0; sample < SAMPLES; sample++) {
        const seed = 1 + at * SAMPLES + sample;
        sampled.push(repetition((await generate(ids, { temperature: 1, seed })).ids));
      }
    }
    const gapsSecond = await directGaps(sampling, first);
    return { greedy: repeats(greedy), sampled: repeats(sampled), gapsFirst, gapsSecond };
  } finally {
    await source.close();
  }
}

async function encodedPrompts(tokens, maxPositions) {
  const suite = shippedSuite('standard');
  const { promptTokens } = fitContext({ ...suite.budget, newTokens: TOKENS }, maxPositions);
  const encoded = [];
  for (const { messages } of suite.prompts.slice(0, PROMPTS)) {
    const rendered = await tokens.chat(messages);
    const plain = messages.map(({ content }) => content).join('\n');
    const ids = await tokens.encode(rendered ?? plain, { special: rendered === null });
    encoded.push(ids.slice(-promptTokens));
  }
  return encoded;
}

/** Milliseconds between tokens, the first run left out as a warm-up. */
async function directGaps(sampling, ids) {
  const gaps = [];
  for (let run = 0; run <= LATENCY.runs; run++) {
    const { tokenMs } = await sampling.generate(ids, { maxNewTokens: LATENCY.tokens, ignoreEos: true });
    if (run > 0) gaps.push(...tokenMs.slice(1));
  }
  return gaps;
}

/** Milliseconds between deltas of greedy streams, as a client of `assay serve` sees them. */
async function servedGaps({ name, path }) {
  const server = await serve(path, { model: name });
  try {
    const endpoint = { kind: 'endpoint', baseUrl: String(server.url), model: name };
    const { probes } = await collect(endpoint, { only: ['greedy-replies'], allowPrivateAddresses: true });
    const replies = probes['greedy-replies'];
    if (replies?.status !== 'ok') return [];
    return replies.data.flatMap((reply) => streamOf(reply)?.gaps.map(({ ms }) => ms) ?? []);
  } finally {
    await server.close();
  }
}

function repeats(rows) {
  return Object.fromEntries(
    ['rep-2', 'rep-3', 'rep-4'].map((key) => [key, average(rows.flatMap((row) => row[key] ?? []))]),
  );
}

/** Null for nothing. */
function average(values) {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
