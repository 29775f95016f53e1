// Model Equality Testing: speed, null p-values, and power on replies that the fixture models sample. After npm run build:
//   node bench/endpoint/met.mjs [--only speed,null,power] [--families quill,folio] [--samples 40]
//     [--tests 200] [--keep FOLDER]
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
    families: { type: 'string', default: 'quill,folio' },
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
if (only.has('power')) for (const family of options.families.split(',')) await power(family);

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
  const again = await pool(family, 'full-1', { seed: 500_000 });
  const both = genuine.map(({ id, replies }, i) => ({ id, replies: [...replies, ...again[i].replies] }));
  const other = async (name, options) => [genuine, await pool(family, name, options)];
  const seeded = await pool(family, 'full-1', { seed: 900_000, together: true });
  const arms = [
    ['itself', both, both],
    ['itself, a seed for all prompts', seeded, seeded, { together: true }],
    ['int8 copy', ...(await other('full-1-int8', { seed: 2_000_000 }))],
    ['own student', ...(await other('student-1a', { seed: 3_000_000 }))],
    ['trained apart, small', ...(await other('scratch-1', { seed: 4_000_000 }))],
    ['trained apart, as large', ...(await other('full-2', { seed: 5_000_000 }))],
    ['other corpus', ...(await other('alien', { seed: 6_000_000 }))],
    ['itself, hidden system prompt', ...(await other('full-1', { seed: 7_000_000, system: HIDDEN }))],
    ['itself at temperature 0.7', ...(await other('full-1', { seed: 8_000_000, temperature: 0.7 }))],
  ];
  console.log(
    `power: ${family}, share of ${TESTS} tests with p ≤ ${LEVEL}, from ${SAMPLES} samples a prompt and model (${((performance.now() - started) / 1000).toFixed(0)} s of sampling)`,
  );
  console.log(
    `  ${'full-1 against'.padEnd(36)} ${PLANS.map((plan) => plan.join('×').padStart(9)).join('')}  (cut, at 25×10×50)`,
  );
  for (const [label, a, b, how] of arms) {
    const cells = PLANS.map((plan) => share(a, b, plan, how).toFixed(2).padStart(9));
    console.log(
      `  ${label.padEnd(36)} ${cells.join('')}     ${share(a, b, PLANS.at(-1), { ...how, cut: true }).toFixed(2)}`,
    );
  }
}

/** Share of tests that find a difference between random parts of two pools, disjoint ones where both are the same. */
function share(a, b, [prompts, samples, tokens], { cut = false, together = false } = {}) {
  const rng = seededRng(13);
  let found = 0;
  for (let test = 0; test < TESTS; test++) {
    const used = pick(
      a.map((_, i) => i),
      prompts,
      rng,
    );
    // Samples drawn with one seed for all prompts belong together, so the same ones are taken of each prompt.
    const fixed = pick(
      a[0].replies.map((_, i) => i),
      2 * samples,
      rng,
    );
    const sides = [[], []];
    for (const index of used) {
      const { id, replies } = a[index];
      const ours = together ? fixed.map((i) => replies[i]) : pick(replies, 2 * samples, rng);
      const theirs = a === b ? ours.slice(samples) : pick(b[index].replies, samples, rng);
      // Where the limits differ, pairing cuts all texts of a prompt to the shortest.
      for (const [side, chosen] of [ours.slice(0, samples), theirs].entries())
        sides[side].push({
          ...{ id, language: 'en', maxTokens: cut ? tokens + side : tokens },
          replies: chosen.map((r) => reply(r, tokens)),
        });
    }
    const { prompts: rows } = pairSamples(...sides);
    if (mmdTest(rows, { rng, permutations: PERMUTATIONS }).p <= LEVEL) found++;
  }
  return found / TESTS;
}

function reply({ texts, stopped }, tokens) {
  return { text: texts[tokens], reasoning: '', finish: stopped[tokens] ? 'stop' : 'length', usage: null };
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
