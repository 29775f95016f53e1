// Prints the table of log-probability distances in README.md, and the same for tail correlation, attention entropy
// and repetition, measured on the fixture families with the quick suite. Run after npm run build.
import { readdirSync } from 'node:fs';
import { pairPositions } from '../dist/esm/fingerprint/paired-log-probs.js';
import { collect } from '../dist/esm/index.js';
import { pearson } from '../dist/esm/stats/pearson.js';

const root = new URL('../fixtures/models/', import.meta.url).pathname;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function relation(a, b) {
  const teacher = (name) => /^(?:full|student)-(\d)/.exec(name)?.[1];
  const kind = (name) => name.replace(/-.*/, '');
  if (a.includes('alien') || b.includes('alien')) return 'model of another corpus';
  if (a.includes('int8') || b.includes('int8')) {
    const other = a.includes('int8') ? b : a;
    return kind(other) === 'full' && teacher(other) === '1' ? 'int8 copy' : null;
  }
  if (kind(a) === 'scratch' || kind(b) === 'scratch' || teacher(a) !== teacher(b))
    return 'independent model, same tokenizer';
  if (kind(a) !== kind(b)) return 'own distilled student';
  return kind(a) === 'full' ? 'same weights, another export' : 'two students of one teacher';
}

function compare(a, b) {
  const positions = pairPositions(a.probes['log-probabilities'].data, b.probes['log-probabilities'].data);
  const distance = mean(positions.map((pair) => mean(pair.a.map((value, i) => Math.abs(value - pair.b[i])))));
  return { distance, correlation: mean(positions.map((pair) => pearson(pair.a, pair.b))) };
}

for (const family of ['quill', 'folio']) {
  const names = readdirSync(root + family).filter((name) => !name.endsWith('.md'));
  const evidence = new Map();
  for (const name of names) evidence.set(name, await collect(`${root}${family}/${name}`));
  const groups = new Map();
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      const group = relation(a, b);
      if (group) groups.set(group, [...(groups.get(group) ?? []), compare(evidence.get(a), evidence.get(b))]);
    }
  }
  console.log(`${family}: pairs, mean |Δ log p| in nats, tail correlation`);
  for (const [group, rows] of groups) {
    const range = (key, digits) =>
      `${Math.min(...rows.map((r) => r[key])).toFixed(digits)} … ${Math.max(...rows.map((r) => r[key])).toFixed(digits)}`;
    console.log(
      `  ${group.padEnd(36)} ${String(rows.length).padStart(3)}   ${range('distance', 3)}   ${range('correlation', 4)}`,
    );
  }
  for (const name of names) {
    const { probes } = evidence.get(name);
    const attention = probes['attention-statistics'];
    const entropy =
      attention.status === 'ok'
        ? mean(attention.data.prompts.flatMap((p) => p.normalizedEntropy.flat())).toFixed(3)
        : '-';
    const repetition = mean(probes.repetition.data.flatMap((row) => row['seq-rep-4'] ?? []));
    console.log(
      `  ${name.padEnd(14)} attention entropy ${entropy.padEnd(6)} seq-rep-4 ${repetition.toFixed(3)}`,
    );
  }
}
