// Prints what the signals of text show between fixture models: each model's level, and how well a level tells a copy of
// full-1, its own student and an independent model apart. Greedy replies of 96 tokens and ten samples of 50 tokens at
// temperature 1 of ten prompts, as the standard suite asks for. Run after npm run build; takes some two minutes.
import { readdirSync } from 'node:fs';
import { shippedSuite } from '../dist/esm/api/assets.js';
import { fitContext } from '../dist/esm/core/context.js';
import { SIGNALS } from '../dist/esm/index.js';
import { openCandidate } from '../dist/esm/sources/open.js';

const root = new URL('../fixtures/models/', import.meta.url).pathname;
const suite = shippedSuite('standard');
const SAMPLED = { prompts: 10, samples: 10, tokens: 50 };
const signals = SIGNALS.filter(({ group, needs }) => group === 'text' && needs.length > 0);

async function replies(path) {
  const source = await openCandidate(path, { hash: false });
  const { tokens, sampling } = source.capabilities;
  const ask = async ({ messages }, maxNewTokens, options) => {
    const { promptTokens, newTokens } = fitContext(
      { promptTokens: suite.budget.promptTokens, newTokens: maxNewTokens },
      source.maxPositions,
    );
    const rendered = await tokens.chat(messages);
    const plain = messages.map(({ content }) => content).join('\n');
    const ids = (await tokens.encode(rendered ?? plain, { special: rendered === null })).slice(-promptTokens);
    const { ids: generated } = await sampling.generate(ids, { maxNewTokens: newTokens, ...options });
    return { text: await tokens.decode(generated), reasoning: '' };
  };
  const greedy = [];
  for (const prompt of suite.prompts)
    greedy.push({
      id: prompt.id,
      language: prompt.language,
      maxTokens: 96,
      ...(await ask(prompt, suite.budget.newTokens, {})),
    });
  const sampled = [];
  for (const prompt of suite.prompts.slice(0, SAMPLED.prompts)) {
    const drawn = [];
    for (let sample = 0; sample < SAMPLED.samples; sample++) {
      const seed = sampled.length * SAMPLED.samples + sample;
      drawn.push(await ask(prompt, SAMPLED.tokens, { temperature: 1, seed }));
    }
    sampled.push({ id: prompt.id, language: prompt.language, replies: drawn });
  }
  await source.close();
  return { 'greedy-replies': greedy, 'sampled-replies': sampled };
}

/** Level of `a` and of `b` as the signal itself measures them, cut to each other. */
function levels(signal, a, b) {
  const variant = { id: 'b', kind: 'full', facts: {}, digests: [], runs: [{ artifact: 'b', data: b }] };
  const result = signal.score({ candidate: a, variants: [variant], strangers: [] });
  if (result.status !== 'scored' || result.expected.b === undefined) return null;
  return [
    result.details.find(({ label }) => label === 'mean over prompts').value,
    Number.parseFloat(result.expected.b),
    result.logLikelihood,
  ];
}

const relation = (name) => {
  if (name.startsWith('full-1-')) return 'copy of full-1';
  if (name.startsWith('student-1')) return 'its student';
  return 'independent';
};

for (const family of ['quill', 'folio']) {
  const known = new Map();
  for (const name of readdirSync(root + family).filter((entry) => !entry.endsWith('.md')))
    known.set(name, await replies(`${root}${family}/${name}`));
  for (const signal of signals) {
    console.log(`\n${family}: ${signal.id}`);
    const nats = [];
    for (const [name, data] of known) {
      if (name === 'full-1') continue;
      const found = levels(signal, data, known.get('full-1'));
      if (found === null) {
        console.log(`  ${name}: nothing to compare`);
        continue;
      }
      const [level, reference, logs] = found;
      const away = Math.abs(level - reference);
      nats.push([relation(name), away, logs.b - logs.other]);
      console.log(
        `  ${name.padEnd(14)} ${relation(name).padEnd(15)} ${level.toFixed(3)}  full-1 ${reference.toFixed(3)}  full-1 over other ${(logs.b - logs.other).toFixed(2)} nats`,
      );
    }
    const of = (kind) => nats.filter(([k]) => k === kind).map(([, away]) => away);
    const auc = (near, far) => {
      const wins = near.flatMap((x) => far.map((y) => (x < y ? 1 : x === y ? 0.5 : 0)));
      return wins.length === 0 ? '-' : (wins.reduce((sum, win) => sum + win, 0) / wins.length).toFixed(2);
    };
    console.log(
      `  AUC copies nearer than independent ${auc(of('copy of full-1'), of('independent'))}, students nearer than independent ${auc(of('its student'), of('independent'))}`,
    );
  }
}
