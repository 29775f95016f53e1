// Power of one-word answers between fixture models, which know no answers: what they say in six tokens is taken for one, so
// the figures show the test and not the questions. After npm run build: node bench/endpoint/word-answers.mjs [quill,folio]
import { seededRng } from '../../dist/esm/core/rng.js';
import { openCandidate } from '../../dist/esm/sources/open.js';
import { compareWords } from '../../dist/esm/text/word-comparison.js';
import { answerOf, WORD_TASKS, wordQuestion } from '../../dist/esm/text/word-tasks.js';

const SAMPLES = 40;
const TOKENS = 6;
const TESTS = 40;
const LEVEL = 0.01;
/** Questions per language and answers to each: what the tiers ask. */
const PLANS = [
  [4, 10],
  [10, 20],
];
const ARMS = [
  ['int8 copy', 'full-1-int8'],
  ['own student', 'student-1a'],
  ['trained apart, small', 'scratch-1'],
  ['trained apart, as large', 'full-2'],
  ['other corpus', 'alien'],
];

for (const family of process.argv[2]?.split(',') ?? ['quill', 'folio']) {
  const genuine = await pool(family, 'full-1', 0);
  console.log(
    `${family}, share of ${TESTS} tests with p ≤ ${LEVEL}: ${PLANS.map((plan) => plan.join(' questions × ')).join(', ')}`,
  );
  row('itself', genuine, genuine);
  for (const [arm, [label, name]] of ARMS.entries())
    row(label, genuine, await pool(family, name, (arm + 1) * 1_000_000));
}

function row(label, a, b) {
  console.log(
    `  ${label.padEnd(28)} ${PLANS.map((plan) => share(a, b, plan).toFixed(2).padStart(6)).join('')}`,
  );
}

function share(a, b, [tasks, samples]) {
  const rng = seededRng(13);
  let found = 0;
  for (let test = 0; test < TESTS; test++) {
    const sides = [[], []];
    for (const [index, { task, language, answers }] of a.entries()) {
      if (!WORD_TASKS.slice(0, tasks).some(({ id }) => id === task)) continue;
      const ours = pick(answers, 2 * samples, rng);
      const theirs = a === b ? ours.slice(samples) : pick(b[index].answers, samples, rng);
      for (const [side, chosen] of [ours.slice(0, samples), theirs].entries())
        sides[side].push({ task, language, answers: chosen });
    }
    const result = compareWords(...sides);
    if (result.status === 'tested' && result.p <= LEVEL) found++;
  }
  return found / TESTS;
}

function pick(items, count, rng) {
  const rest = [...items];
  return Array.from({ length: count }, () => rest.splice(Math.floor(rng() * rest.length), 1)[0]);
}

async function pool(family, name, seed) {
  const path = new URL(`../../fixtures/models/${family}/${name}`, import.meta.url).pathname;
  const source = await openCandidate(path, { threads: 1 });
  const { tokens, sampling } = source.capabilities;
  const rows = [];
  try {
    for (const language of ['en', 'zh']) {
      for (const task of WORD_TASKS) {
        const messages = [{ role: 'user', content: wordQuestion(task, language) }];
        const rendered = await tokens.chat(messages);
        const ids = await tokens.encode(rendered ?? messages[0].content, { special: rendered === null });
        const answers = [];
        for (let sample = 0; sample < SAMPLES; sample++) {
          const drawn = seed + rows.length * SAMPLES + sample;
          const { ids: said } = await sampling.generate(ids, {
            maxNewTokens: TOKENS,
            temperature: 1,
            seed: drawn,
          });
          answers.push(answerOf(await tokens.decode(said)));
        }
        rows.push({ task: task.id, language, answers });
      }
    }
  } finally {
    await source.close();
  }
  return rows;
}
