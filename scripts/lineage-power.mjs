// Prints how well descent is told from weights: what every relative of a root is called and by which numbers; p-values,
// effects and aligned attention of all pairs of models that share no weights, students and teachers among them; and where
// quantized copies and merges lie between siblings.
//
//   node scripts/lineage-power.mjs MODELS [FILTER]     (after npm run build)
//
// MODELS is the folder scripts/fixtures/lineage.py fills. A folder name is `root~relation`; names without a tilde are roots.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { relationsOf } from '../dist/esm/fingerprint/lineage/relation.js';
import { collect, SIGNALS } from '../dist/esm/index.js';

const [folder, filter = ''] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((name) => name.includes(filter))
  .sort();
const rootOf = (name) => name.split('~')[0];
const family = (name) => name.split('-')[0];
const fixed = (value, digits) => (value === undefined ? '-' : value.toFixed(digits));

const prints = new Map();
let bytes = 0;
let largest = 0;
const started = performance.now();
for (const name of names) {
  const { probes } = await collect(join(folder, name), { only: ['lineage'] });
  if (probes.lineage.status !== 'ok') throw new Error(`${name}: ${JSON.stringify(probes.lineage)}`);
  prints.set(name, probes.lineage.data);
  const size = JSON.stringify(probes.lineage.data).length;
  bytes += size;
  largest = Math.max(largest, size);
}
const seconds = (performance.now() - started) / 1000;
console.log(
  `${names.length} fingerprints in ${seconds.toFixed(1)} s, mean ${Math.round(bytes / names.length / 1024)} KB, largest ${Math.round(largest / 1024)} KB`,
);

console.log('\nRelatives: relation found, neurons beyond chance, log10 p, CKA, matrices in place, distance');
const expected = [
  [/~(bf16|f16)$/, ['same']],
  [/~[348]bit/, ['quantized']],
  [/~(pruned-\d+|neurons-(50|75)|without-1)$/, ['pruned']],
  [/~(tuned|merged|heavy)[^~]*$/, ['tuned', 'quantized', 'rearranged']],
  [/./, ['rearranged', 'pruned']],
];
const wrong = [];
const relatives = names.filter((name) => name.includes('~') && prints.has(rootOf(name)));
for (const name of relatives) {
  const [found] = relationsOf(prints.get(name), [prints.get(rootOf(name))]);
  const { kind, bits, moved, rows, neurons, frames, logP } = found;
  const right = expected.find(([pattern]) => pattern.test(name))[1].includes(kind);
  if (!right) wrong.push(`${name}: ${kind}`);
  const label = kind + (bits ? ` ${bits}` : '') + (moved ? ' moved' : '');
  const place = rows ? `${rows.pairs.length}/${rows.sampled} ${rows.distance.toExponential(1)}` : '-';
  const row = [
    name.padEnd(54),
    label.padEnd(18),
    fixed(neurons?.effect, 3),
    fixed(logP / Math.LN10, 0).padStart(6),
    fixed(frames?.cka, 3),
    place,
  ];
  console.log(row.join('  '));
}
console.log(`${relatives.length} relatives, ${wrong.length} called otherwise than expected`);
for (const line of wrong) console.log(`  ${line}`);

function likeness(a, b) {
  const student = /student-(\d)/.exec(a) ?? /student-(\d)/.exec(b);
  const teacher = /full-(\d)/.exec(a) ?? /full-(\d)/.exec(b);
  if (student && teacher && student[1] === teacher[1] && family(a) === family(b))
    return 'student and its teacher';
  if (family(a) !== family(b)) return 'other vocabulary';
  const shape = (name) => `${prints.get(name).hidden} ${prints.get(name).layers}`;
  return shape(a) === shape(b) ? 'same vocabulary, text and shape' : 'same vocabulary';
}

const groups = new Map();
const roots = names.filter((name) => !name.includes('~'));
for (const [i, a] of roots.entries()) {
  for (const b of roots.slice(i + 1)) {
    const [found] = relationsOf(prints.get(a), [prints.get(b)]);
    for (const group of ['all', likeness(a, b)]) {
      groups.set(group, [...(groups.get(group) ?? []), { a, b, ...found }]);
    }
  }
}
const at = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
console.log('\nIndependent pairs');
for (const [group, pairs] of groups) {
  const compared = pairs.filter(({ neurons }) => neurons !== null);
  const counts = {};
  for (const { kind } of pairs) counts[kind] = (counts[kind] ?? 0) + 1;
  console.log(
    `${group}: ${pairs.length} pairs, ${compared.length} with shared anchors, called ${JSON.stringify(counts)}`,
  );
  if (compared.length === 0) continue;
  const below = (limit) => compared.filter(({ logP }) => logP < Math.log(limit)).length / compared.length;
  const ps = [0.05, 0.01, 0.001, 1e-6].map((p) => `P(p<${p}) ${below(p).toFixed(4)}`).join(', ');
  const logs = compared.map(({ logP }) => logP).sort((x, y) => x - y);
  const effects = compared.map(({ neurons }) => neurons.effect).sort((x, y) => x - y);
  const ckas = compared.flatMap(({ frames }) => frames?.cka ?? []).sort((x, y) => x - y);
  const shuffled = compared.filter(({ frames }) => frames && frames.p <= 0.05).length / compared.length;
  console.log(`  neurons: ${ps}, smallest p ${Math.exp(logs[0]).toExponential(1)}`);
  console.log(
    `  effect median ${fixed(at(effects, 0.5), 4)}, 99 % ${fixed(at(effects, 0.99), 3)}, most ${fixed(effects.at(-1), 3)}`,
  );
  console.log(
    `  CKA median ${fixed(at(ckas, 0.5), 3)}, 99 % ${fixed(at(ckas, 0.99), 3)}, most ${fixed(ckas.at(-1), 3)}; P(shuffle p ≤ 0.05) ${shuffled.toFixed(3)}`,
  );
  const nearest = [...compared].sort((x, y) => x.logP - y.logP).slice(0, 3);
  for (const { a, b, logP, neurons, frames } of nearest)
    console.log(
      `  nearest: ${a} and ${b}, p ${Math.exp(logP).toExponential(1)}, effect ${fixed(neurons.effect, 3)}, CKA ${fixed(frames?.cka, 3)}`,
    );
}

console.log('\nBetween siblings: share of the tuned model, its spread over matrices, distance left');
const sibling = SIGNALS.find(({ id }) => id === 'sibling');
const variant = (id, name) => ({
  id,
  kind: 'full',
  facts: {},
  digests: [],
  runs: [{ artifact: id, data: { lineage: prints.get(name) } }],
});
for (const root of roots.filter((name) => prints.has(`${name}~tuned`))) {
  const variants = [variant('base', root), variant('tuned', `${root}~tuned`)];
  for (const name of relatives.filter((relative) => rootOf(relative) === root)) {
    const result = sibling.score({ candidate: { lineage: prints.get(name) }, variants, strangers: [] });
    const value = (label) => result.details?.find((detail) => detail.label.startsWith(label))?.value;
    const row =
      result.status === 'scored'
        ? `${fixed(value('share of tuned'), 4)}  ${fixed(value('spread'), 4)}  ${fixed(value('distance'), 4)}`
        : result.reason;
    console.log(`${name.padEnd(54)}  ${row}`);
  }
}
