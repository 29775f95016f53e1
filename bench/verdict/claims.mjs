// Measures what guides say of distilled models, on really distilled models of known recipes and their controls.
//
//   node bench/verdict/claims.mjs --zoo DIR [--families verse,ledger] [--keep FOLDER]      (after npm run build)
//
// FOLDER keeps evidence and measurements, and a second run uses them again.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { collect } from '../../dist/esm/index.js';
import { load, machine } from '../lib/machine.mjs';
import { latencyClaim, latencyTable } from './lib/claim-latency.mjs';
import { levelClaim, levelTable } from './lib/claim-level.mjs';
import { fromEvidence, measured } from './lib/claim-measure.mjs';
import { familyOf, sizeOf } from './lib/rival-zoo.mjs';

const REPEATS = 'distilled models repeat 23 % more n-grams';
const LEVELS = [
  {
    claim: 'attention of distilled models is more concentrated (lower normalised entropy)',
    sign: -1,
    read: ({ entropy }) => entropy,
  },
  {
    claim: `${REPEATS}: greedy, seq-rep-4 of the suite's answers as they end`,
    sign: 1,
    stated: 0.23,
    read: ({ greedyAsked }) => greedyAsked,
  },
  ...['greedy', 'sampled'].flatMap((decoding) =>
    ['rep-2', 'rep-3', 'rep-4'].map((key) => ({
      claim: `${REPEATS}: ${decoding === 'greedy' ? 'greedy' : 'T = 1'}, ${key} of 96 tokens`,
      sign: 1,
      stated: 0.23,
      read: (values) => values[decoding]?.[key] ?? null,
    })),
  ),
];

/**
 * @param evidenceOf (family, name) => Evidence with the probes attention-statistics and repetition, or null; may be a promise
 * @param families as { name, members }, or names in the folder `zoo`
 * @param keep folder for measurements this bench makes itself: repetition at one length, latency
 */
export async function claims({ evidenceOf, families, zoo, keep, log = console.log }) {
  const rows = [];
  for (const { name: family, members } of families.map((each) => familyOf(each, zoo))) {
    for (const model of members) {
      const group = groupOf(model);
      const evidence = group && (await evidenceOf(family, model.name));
      if (!evidence) continue;
      const values =
        group === 'copy' ? fromEvidence(evidence) : await measured(family, model, evidence, keep);
      const { name, of, how } = model;
      rows.push({ family, name, group, of, how, size: sizeOf(model), values });
    }
    log(`claims: ${family}: ${rows.filter((row) => row.family === family).length} models measured`);
  }
  const levels = LEVELS.map(({ read, ...level }) =>
    levelClaim(
      level,
      rows.map((row) => ({ ...row, value: read(row.values) })),
    ),
  );
  const latency = latencyClaim(rows.filter(({ group }) => group !== 'copy'));
  log([...levels.map(levelTable), latencyTable(latency)].join('\n\n'));
  log(`Latency on ${machine()}, load average ${load()}.`);
  return { rows, levels, latency };
}

/**
 * Models in their own right are compared; other exports of one, and students padded to a teacher's shape, are no further
 * model; changed copies are shown beside.
 */
function groupOf({ kind, how }) {
  if (kind === 'full') return how === 'scratch' ? 'full' : null;
  if (kind === 'distilled') return how.startsWith('padded') ? null : 'distilled';
  if (kind === 'other') return how === 'scratch' ? 'small' : null;
  return 'copy';
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      zoo: { type: 'string' },
      families: { type: 'string', default: 'quill,folio' },
      keep: { type: 'string' },
    },
  });
  const zoo = values.zoo && resolve(values.zoo);
  await claims({
    families: values.families.split(','),
    zoo,
    keep: values.keep,
    evidenceOf: (family, name) => keptEvidence(family, name, zoo, values.keep),
  });
}

async function keptEvidence(family, name, zoo, keep) {
  const file = keep && join(keep, `${family}+${name}.evidence.json`);
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { path } = familyOf(family, zoo).members.find((model) => model.name === name);
  const only = ['attention-statistics', 'generation', 'repetition'];
  const evidence = await collect(path, { only, suite: 'standard', hash: false });
  if (file) {
    mkdirSync(keep, { recursive: true });
    writeFileSync(file, JSON.stringify(evidence));
  }
  return evidence;
}
