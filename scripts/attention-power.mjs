// Prints how far apart models are in each quantity of attention: for every relation, pairs and the least, median and
// largest distance; then how well each quantity separates relations; last, the distance of every other export to the
// model it was made from. Measured on the fixtures with the quick suite; an export whose attention cannot be read is
// named and left out. Run after npm run build.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collect, SIGNALS } from '../dist/esm/index.js';

const fixtures = new URL('../fixtures/', import.meta.url).pathname;
const root = `${fixtures}models/`;
const PROBE = 'attention-statistics';
const signals = SIGNALS.filter(({ group }) => group === 'attention');

/** Distance as the signal itself measures it, to a profile of one reference. */
function distance(signal, a, b) {
  const variant = {
    id: 'x',
    kind: 'full',
    facts: {},
    digests: [],
    runs: [{ artifact: 'b', data: { [PROBE]: b } }],
  };
  const result = signal.score({ candidate: { [PROBE]: a }, variants: [variant], strangers: [] });
  if (result.status !== 'scored') return null;
  return result.details.find(({ label }) => label.startsWith('to x')).value;
}

const kind = (name) => name.replace(/-.*/, '');
const teacher = (name) => /^(?:full|student)-(\d)/.exec(name)?.[1];

function relation(a, b) {
  if (a.includes('int8') || b.includes('int8')) {
    const other = a.includes('int8') ? b : a;
    return kind(other) === 'full' && teacher(other) === '1' ? 'int8 copy' : null;
  }
  const kinds = [kind(a), kind(b)].sort();
  const same = teacher(a) === teacher(b);
  if (kinds[0] === 'alien') return `model of another corpus and ${kinds[1]}`;
  if (kinds[1] === 'scratch') return kinds[0] === 'full' ? 'full and scratch' : 'two scratch';
  if (kinds[0] === 'scratch') return 'scratch and student';
  if (kinds[0] !== kinds[1]) return same ? 'full and own student' : "full and another's student";
  if (kinds[0] === 'full') return same ? 'same weights, another export' : 'full and another full';
  return same ? 'two students of one teacher' : 'students of two teachers';
}

/** Chance that a distance drawn from `near` is less than one from `far`: 1 separates, 0.5 is a coin. */
function auc(near, far) {
  const wins = near.flatMap((x) => far.map((y) => (x < y ? 1 : x === y ? 0.5 : 0)));
  return wins.length === 0 ? '-' : (wins.reduce((sum, win) => sum + win, 0) / wins.length).toFixed(2);
}

const COPIES = ['same weights, another export', 'int8 copy'];
const QUESTIONS = {
  'same weights or int8 below any other pair': (rows) => [rows(COPIES), rows(null)],
  'same weights below int8': (rows) => [rows([COPIES[0]]), rows([COPIES[1]])],
  'own student nearer than scratch': (rows) => [rows(['full and own student']), rows(['full and scratch'])],
  "own student nearer than another's": (rows) => [
    rows(['full and own student']),
    rows(["full and another's student"]),
  ],
  'siblings nearer than students of two teachers': (rows) => [
    rows(['two students of one teacher']),
    rows(['students of two teachers']),
  ],
  'student nearer to student than scratch is': (rows) => [
    rows(['two students of one teacher', 'students of two teachers']),
    rows(['scratch and student']),
  ],
};

async function measure(path, label) {
  const { probes } = await collect(path, { only: [PROBE] });
  const status = probes[PROBE];
  if (status.status === 'ok') return status.data;
  console.log(`${label}: ${status.missing ?? status.error.message}`);
  return null;
}

for (const family of ['quill', 'folio']) {
  const evidence = new Map();
  for (const name of readdirSync(root + family).filter((entry) => !entry.endsWith('.md'))) {
    const data = await measure(`${root}${family}/${name}`, `${family}/${name}`);
    if (data) evidence.set(name, data);
  }
  const names = [...evidence.keys()];
  for (const signal of signals) {
    const groups = new Map();
    for (const [i, a] of names.entries()) {
      for (const b of names.slice(i + 1)) {
        const group = relation(a, b);
        const value = group && distance(signal, evidence.get(a), evidence.get(b));
        if (typeof value === 'number') groups.set(group, [...(groups.get(group) ?? []), value]);
      }
    }
    console.log(`\n${family}: ${signal.id}`);
    for (const [group, values] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const sorted = values.toSorted((a, b) => a - b);
      const shown = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
      console.log(
        `  ${group.padEnd(36)} ${String(values.length).padStart(3)}   ${shown.map((value) => value.toFixed(5)).join('   ')}`,
      );
    }
    const rows = (wanted) =>
      [...groups].flatMap(([group, values]) =>
        (wanted ? wanted.includes(group) : !COPIES.includes(group)) ? values : [],
      );
    for (const [question, sides] of Object.entries(QUESTIONS))
      console.log(`  AUC ${question}: ${auc(...sides(rows))}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'attention-power-'));
try {
  console.log(`\nexports: ${signals.map(({ id }) => id).join(', ')}`);
  const originals = new Map();
  for (const name of readdirSync(`${fixtures}exports`)) {
    const { base, config, files } = JSON.parse(readFileSync(`${fixtures}exports/${name}/case.json`, 'utf8'));
    if (!base) continue;
    cpSync(root + base, join(folder, name), { recursive: true, filter: (path) => !path.endsWith('/onnx') });
    const original = JSON.parse(readFileSync(`${root}${base}/config.json`, 'utf8'));
    if (config) writeFileSync(join(folder, name, 'config.json'), JSON.stringify({ ...original, ...config }));
    for (const [to, from] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name, to)), { recursive: true });
      cpSync(fixtures + (from === 'graph.onnx' ? `exports/${name}/${from}` : from), join(folder, name, to));
    }
    if (!originals.has(base)) originals.set(base, await measure(root + base, base));
    const copy = await measure(join(folder, name), name);
    if (copy === null) continue;
    const distances = signals.map((signal) => distance(signal, copy, originals.get(base))?.toFixed(5) ?? '-');
    console.log(`  ${name.padEnd(20)} of ${base.padEnd(16)} ${distances.join('   ')}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
