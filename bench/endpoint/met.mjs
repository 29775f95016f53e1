// Model Equality Testing: speed, null p-values, and power on replies that the fixture models sample. After npm run build:
//   node bench/endpoint/met.mjs [--only speed,null,power] [--samples 40] [--tests 200] [--keep FOLDER]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRng } from '../../dist/esm/core/rng.js';
import { shippedSuite } from '../../dist/esm/index.js';
import { openCandidate } from '../../dist/esm/sources/open.js';
import { ksUniform } from '../../dist/esm/stats/ks-uniform.js';
import { mmdTest } from '../../dist/esm/stats/mmd.js';
import { pairSamples } from '../../dist/esm/text/paired-samples.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'speed,null,power' },
    samples: { type: 'string', default: '40' },
    tests: { type: 'string', default: '200' },
    keep: { type: 'string' },
  },
});
const SAMPLES = Number(options.samples);
const TESTS = Number(options.tests);
const NEW_TOKENS = 50;
const LEVEL = 0.01;
const PERMUTATIONS = 499;
const HIDDEN = 'You are a cheerful assistant of a garden shop. Answer in two sentences and offer a discount.';
/** Prompts, samples of each side and tokens of a sample; the second to the fourth are what the tiers spend. */
const PLANS = [
  [5, 10, 50],
  [2, 4, 32],
  [10, 10, 50],
  [25, 10, 50],
];

const only = new Set(options.only.split(','));
if (only.has('speed')) speed();
if (only.has('null')) nulls();
if (only.has('power')) for (const family of ['quill', 'folio']) await power(family);

function speed() {
  const rng = seededRng(1);
  const text = () =>
    Array.from({ length: 1000 }, () => String.fromCharCode(97 + Math.floor(rng() * 26))).join('');
  const texts = () => Array.from({ length: 10 }, text);
  const prompts = Array.from({ length: 25 }, () => ({ first: texts(), second: texts() }));
  const times = Array.from({ length: 7 }, (_, i) => {
    const started = performance.now();
    mmdTest(prompts, { rng: seededRng(i), permutations: 10_000 });
    return performance.now() - started;
  }).sort((a, b) => a - b);
  console.log(
    `speed: 25 × (10+10) × 1,000 characters, 10,000 permutations: median ${times[3].toFixed(0)} ms, worst ${times[6].toFixed(0)} ms of 7`,
  );
}

/** Texts of a chain whose next letter depends on the last one, another chain per prompt. */
function nulls() {
  const rng = seededRng(7);
  const runs = 2000;
  const sizes = [
    [5, 5],
    [3, 8],
    [6, 2],
    [4, 4],
  ];
  const p = Array.from({ length: runs }, () => {
    const prompts = sizes.map(([n, m], prompt) => {
      const texts = (count) => Array.from({ length: count }, () => chain(rng, prompt));
      return { first: texts(n), second: texts(m) };
    });
    return mmdTest(prompts, { rng, permutations: 999 }).p;
  });
  const { statistic, p: uniform } = ksUniform(p);
  const below = (level) => ((100 * p.filter((value) => value <= level).length) / runs).toFixed(2);
  console.log(
    `null: ${runs} tests of equal chains, unequal samples: KS D ${statistic.toFixed(4)}, p ${uniform.toFixed(3)}; ${below(0.01)} % ≤ 0.01, ${below(0.05)} % ≤ 0.05`,
  );
}

function chain(rng, prompt) {
  let letter = Math.floor(rng() * 6);
  const length = 30 + Math.floor(rng() * 30);
  return Array.from({ length }, () => {
    letter = rng() < 0.6 ? (letter + prompt + 1) % 9 : Math.floor(rng() * 9);
    return String.fromCharCode(97 + letter);
  }).join('');
}

async function power(family) {
  const started = performance.now();
  const genuine = await pool(family, 'full-1', {});
  const arms = [
    ['the same, other samples', await pool(family, 'full-1', { seed: 500_000 })],
    ['the same, one seed for all prompts', await pool(family, 'full-1', { seed: 900_000, together: true })],
    ...(family === 'quill'
      ? [['weights rounded to float16', await pool(family, 'full-1-f16', { seed: 1_000_000 })]]
      : []),
    ['int8 copy', await pool(family, 'full-1-int8', { seed: 2_000_000 })],
    ['own student', await pool(family, 'student-1a', { seed: 3_000_000 })],
    ['trained apart, small', await pool(family, 'scratch-1', { seed: 4_000_000 })],
    ['trained apart, as large', await pool(family, 'full-2', { seed: 5_000_000 })],
    ['other corpus', await pool(family, 'alien', { seed: 6_000_000 })],
    ['the same, hidden system prompt', await pool(family, 'full-1', { seed: 7_000_000, system: HIDDEN })],
    ['the same at temperature 0.7', await pool(family, 'full-1', { seed: 8_000_000, temperature: 0.7 })],
  ];
  console.log(
    `power: ${family}, share of ${TESTS} tests with p ≤ ${LEVEL}, from ${SAMPLES} samples a prompt and model (${((performance.now() - started) / 1000).toFixed(0)} s of sampling)`,
  );
  console.log(
    `  ${'full-1 against'.padEnd(36)} ${PLANS.map((plan) => plan.join('×').padStart(9)).join('')}  (uncut at 25×10×50)`,
  );
  for (const [label, other] of arms) {
    const cells = PLANS.map((plan) => share(genuine, other, plan, true).toFixed(2).padStart(9));
    console.log(
      `  ${label.padEnd(36)} ${cells.join('')}     ${share(genuine, other, PLANS.at(-1), false).toFixed(2)}`,
    );
  }
}

/** Share of tests that find a difference between random parts of two pools. */
function share(a, b, [prompts, samples, tokens], cut) {
  const rng = seededRng(13);
  let found = 0;
  for (let test = 0; test < TESTS; test++) {
    const side = (all, used) =>
      all
        .map(({ id, replies }) => ({
          id,
          language: 'en',
          replies: pick(replies, samples, rng).map((r) => reply(r, tokens)),
        }))
        .filter(({ id }) => used.has(id));
    const used = new Set(pick(a, prompts, rng).map(({ id }) => id));
    const paired = pairSamples(side(a, used), side(b, used));
    const rows = cut ? paired.prompts : uncut(side(a, used), side(b, used));
    if (mmdTest(rows, { rng, permutations: PERMUTATIONS }).p <= LEVEL) found++;
  }
  return found / TESTS;
}

function uncut(a, b) {
  const texts = ({ replies }) => replies.map(({ text }) => text.normalize('NFC').trim());
  return a.map((prompt, i) => ({ first: texts(prompt), second: texts(b[i]) }));
}

function reply({ texts, stopped }, tokens) {
  return { text: texts[tokens], reasoning: '', finish: stopped[tokens] ? 'stop' : 'length' };
}

function pick(items, count, rng) {
  const rest = [...items];
  return Array.from({ length: count }, () => rest.splice(Math.floor(rng() * rest.length), 1)[0]);
}

/** Replies of a model to the first prompts of the deep suite, cut after each number of tokens a plan asks for. */
async function pool(family, name, { seed = 0, together = false, temperature = 1, system }) {
  const file = options.keep && join(options.keep, `${family}-${name}-${seed}-${SAMPLES}.json`);
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const path = new URL(`../../fixtures/models/${family}/${name}`, import.meta.url).pathname;
  const source = await openCandidate(path, { threads: 1 });
  const { tokens, sampling } = source.capabilities;
  const out = [];
  try {
    for (const [index, { id, messages }] of shippedSuite('deep').prompts.slice(0, 25).entries()) {
      const asked = system ? [{ role: 'system', content: system }, ...messages] : messages;
      const rendered = await tokens.chat(asked);
      const plain = asked.map(({ content }) => content).join('\n');
      const ids = (await tokens.encode(rendered ?? plain, { special: rendered === null })).slice(-200);
      const replies = [];
      for (let sample = 0; sample < SAMPLES; sample++) {
        const drawn = seed + sample + (together ? 0 : index * SAMPLES);
        const generated = await sampling.generate(ids, {
          maxNewTokens: NEW_TOKENS,
          temperature,
          seed: drawn,
        });
        const lengths = [...new Set(PLANS.map(([, , length]) => length))];
        const texts = {};
        const stopped = {};
        for (const length of lengths) {
          texts[length] = await tokens.decode(generated.ids.slice(0, length));
          stopped[length] = generated.stopped === 'eos' && generated.ids.length <= length;
        }
        replies.push({ texts, stopped });
      }
      out.push({ id, replies });
    }
  } finally {
    await source.close();
  }
  if (file) {
    mkdirSync(options.keep, { recursive: true });
    writeFileSync(file, JSON.stringify(out));
  }
  return out;
}
