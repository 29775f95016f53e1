// How often a buyer's own log decides, and how often it accuses an honest service. Real tokenizers over messages cut at
// random from real texts; only the servers' habits are simulated, in this process.
// node bench/endpoint/passive.mjs [sessions per corpus=10000] [folder of more corpora, *.txt and *.raw], after npm run build.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile } from '../../dist/esm/api/assets.js';
import { seededRng } from '../../dist/esm/core/rng.js';
import { runSignals, viewsOf } from '../../dist/esm/core/run-signals.js';
import requestLog from '../../dist/esm/fingerprint/signals/request-log.js';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';
import { judge } from '../../dist/esm/verdict/policy.js';
import { ANSWERS, COUNTERS, HONEST_COUNTERS, OVERHEADS } from './log-servers.mjs';

const SESSIONS = Number(process.argv[2] ?? 10_000);
const ROOT = new URL('../../', import.meta.url).pathname;
const [LEAST, MOST] = [300, 1200];
const POOL = 4000;
const LENGTHS = [12, 25, 50, 100, 200];

const profile = loadProfile('deepseek-r1');
const { variants } = viewsOf(profile, []);
const { ids, load } = tokenStacks({});
const stacks = await Promise.all(ids.map(load));

const read = (folder, pattern) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => pattern.test(name))
        .sort()
        .map((name) => readFileSync(join(folder, name), 'utf8'))
    : [];
const chinese = (text) => (text.match(/\p{Script=Han}/gu) ?? []).length > text.length / 4;
const suiteTexts = readFileSync(join(ROOT, 'suites/prompts.yaml'), 'utf8')
  .split('\n')
  .filter(chinese)
  .join('\n');
const CORPORA = {
  'English novels': process.argv[3] ? read(process.argv[3], /\.(raw|txt)$/) : [],
  'TypeScript code': read(join(ROOT, 'src'), /\.ts$/),
  'English documentation': [
    ...read(join(ROOT, 'docs'), /\.md$/),
    ...['README.md', 'CHANGELOG.md'].map((name) => readFileSync(join(ROOT, name), 'utf8')),
  ],
  Chinese: [suiteTexts, ...read(join(ROOT, 'node_modules/@biomejs/biome'), /zh-(CN|TW)\.md$/)],
};

/** Messages cut at random, counted once under every tokenizer. */
function poolOf(texts, rng) {
  const long = texts.filter((text) => text.length > 2 * LEAST);
  const total = long.reduce((sum, text) => sum + text.length, 0);
  return Array.from({ length: POOL }, () => {
    const at = rng() * total;
    let passed = 0;
    const text =
      long.find((one) => {
        passed += one.length;
        return passed > at;
      }) ?? long[0];
    const length = Math.min(text.length, LEAST + Math.floor(rng() * (MOST - LEAST)));
    const from = Math.floor(rng() * (text.length - length));
    const cut = text.slice(from, from + length);
    const trimmed = cut.trim();
    return {
      text: cut,
      counts: stacks.map((stack) => stack.count(cut)),
      trimmed: cut === trimmed ? undefined : stacks.map((stack) => stack.count(trimmed)),
    };
  });
}

/** One session: what the probe would keep of `n` requests to a server. */
function session(pool, n, counter, overhead, rng, forms = rng() < 0.5 ? ['u'] : ['u', 'su', 'uau']) {
  const server = { count: COUNTERS[counter], overhead: OVERHEADS[overhead](rng) };
  const prompts = Array.from({ length: n }, (_, index) => {
    const message = pool[Math.floor(rng() * pool.length)];
    const form = forms[Math.floor(rng() * forms.length)];
    const context = { message, ids, form, index, n, rng };
    const reported = Math.max(1, server.count(context) + server.overhead(context));
    return {
      line: index + 1,
      form,
      characters: message.text.length,
      reported,
      plain: message.counts,
      ...(message.trimmed ? { trimmed: message.trimmed } : {}),
    };
  });
  const answers = rng() < 0.5 ? [] : answersOf(pool, n, server.count, rng);
  return { requests: n, skipped: {}, excluded: {}, stacks: ids, prompts, answers };
}

/** Answers, half of the sessions with reasoning that is kept, and counts by one of the habits of servers. */
function answersOf(pool, n, count, rng) {
  const habit = pick(Object.keys(ANSWERS), rng);
  const reasoned = rng() < 0.5;
  return Array.from({ length: n }, (_, index) => {
    const [message, thought] = [0, 1].map(() => pool[Math.floor(rng() * pool.length)]);
    const of = (one) => count({ message: one, ids, form: '', index, n, rng });
    const reported = ANSWERS[habit]({ text: of(message), reasoning: reasoned ? of(thought) : 0, rng });
    return {
      line: index + 1,
      characters: message.text.length,
      reported: Math.max(1, reported),
      text: message.counts,
      ...(reasoned ? { reasoning: thought.counts } : {}),
    };
  });
}

function outcome(data, claim) {
  const evidence = {
    schema: 'evidence/1',
    tool: { name: 'bench', version: '0' },
    candidate: { kind: 'log', label: 'log', digest: null },
    collectedAt: '2026-01-01T00:00:00.000Z',
    environment: {},
    seed: 0,
    suite: { id: 'bench', tier: 'quick', sha256: '0'.repeat(64) },
    probes: { 'request-log': { status: 'ok', version: 1, data } },
    warnings: [],
  };
  const results = runSignals(evidence, profile, [requestLog]);
  return judge(evidence, profile, claim, results, variants).outcome;
}

const pick = (list, rng) => list[Math.floor(rng() * list.length)];
/** Upper end of a one-sided 95 % interval for none, or few, in n (Clopper and Pearson's, by Wilson's approximation). */
function upper(k, n) {
  if (k === 0) return 1 - 0.05 ** (1 / n);
  const z = 1.645;
  const p = k / n;
  return (p + z ** 2 / (2 * n) + z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n * n))) / (1 + z ** 2 / n);
}

/** Share of twelve messages that cl100k, with which honest gateways recount, counts otherwise: no test does better. */
function separable(pool, stack) {
  const [own, other] = [stack, 'cl100k'].map((id) => ids.indexOf(id));
  const TIMES = 10_000;
  let apart = 0;
  for (let at = 0; at < TIMES; at++) {
    const differences = Array.from({ length: 12 }, () => {
      const { counts } = pool[Math.floor(rng() * pool.length)];
      return counts[own] - counts[other];
    });
    if (new Set(differences).size > 1) apart++;
  }
  return `cl100k differs in ${((100 * apart) / TIMES).toFixed(1)} % of 12`;
}

const OWN = { full: 'deepseek-v3', 'distill-qwen-32b': 'qwen2.5', 'distill-llama-70b': 'llama-3' };
const rng = seededRng(20260101);
const pools = Object.fromEntries(
  Object.entries(CORPORA)
    .filter(([, texts]) => texts.some((text) => text.length > 2 * LEAST))
    .map(([name, texts]) => [name, poolOf(texts, rng)]),
);
pools.mixed = Object.values(pools).flat();

console.log(`Honest services: 12 to 200 messages, ${SESSIONS} sessions per corpus, refuted falsely`);
const blamed = {};
for (const [corpus, pool] of Object.entries(pools)) {
  let refuted = 0;
  for (let at = 0; at < SESSIONS; at++) {
    const claim = pick(Object.keys(OWN), rng);
    const counter = rng() < 0.5 ? OWN[claim] : pick(HONEST_COUNTERS, rng);
    const overhead = pick(Object.keys(OVERHEADS), rng);
    const n = pick([12, 12, 12, ...LENGTHS], rng);
    if (outcome(session(pool, n, counter, overhead, rng), claim) !== 'refuted') continue;
    refuted++;
    const key = `${corpus}: ${claim}, counted by ${counter}, overhead ${overhead}, n ${n}`;
    blamed[key] = (blamed[key] ?? 0) + 1;
  }
  console.log(
    `${corpus.padEnd(24)} ${refuted} of ${SESSIONS} (95 %: at most ${upper(refuted, SESSIONS).toExponential(1)})`,
  );
}
for (const [key, times] of Object.entries(blamed)) console.log(`  ${times} × ${key}`);

for (const forms of [['u'], ['u', 'su', 'uau']]) caught(forms);

function caught(forms) {
  console.log(
    `\nA distill sold as the full model, honest counts, ${forms.length} form(s) of conversation: refuted, by number of messages`,
  );
  console.log(`${''.padEnd(36)}${LENGTHS.map((n) => String(n).padStart(9)).join('')}`);
  const habits = ['constant', 'think prefix', 'hidden prompt', 'two replicas', 'prompt replaced'];
  for (const [corpus, pool] of Object.entries(pools)) {
    for (const stack of ['qwen2.5', 'llama-3']) {
      const rates = LENGTHS.map((n) => {
        const sessions = Math.ceil(SESSIONS / (n === 12 ? 5 : 50));
        let caught = 0;
        for (let at = 0; at < sessions; at++)
          if (outcome(session(pool, n, stack, pick(habits, rng), rng, forms), 'full') === 'refuted') caught++;
        return `${((100 * caught) / sessions).toFixed(2)} %`;
      });
      console.log(
        `${corpus.padEnd(24)} ${stack.padEnd(11)}${rates.map((rate) => rate.padStart(9)).join('')}   ${separable(pool, stack)}`,
      );
    }
  }
}
