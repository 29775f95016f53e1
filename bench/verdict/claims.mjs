// Measures what guides say of distilled models, on really distilled models of known recipes and their controls.
//
//   node bench/verdict/claims.mjs --zoo DIR [--split build,calibration] [--families verse,ledger] [--cache DIR]
//
// After npm run build. The cache is that of the whole bench, and a second run measures nothing again.
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { load, machine } from '../lib/machine.mjs';
import { latencyClaim, latencyTable } from './lib/claim-latency.mjs';
import { levelClaim, levelTables } from './lib/claim-level.mjs';
import { fromEvidence, measured, sizeOf } from './lib/claim-measure.mjs';
import { AUDIT, EvidenceStore } from './lib/evidence.mjs';
import { chosenFamilies, FAMILY_OPTIONS } from './lib/own-families.mjs';

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
 * @param evidenceOf (family, name) => Evidence with the probes attention-statistics and repetition; may be a promise
 * @param families as familiesOf gives them
 * @param keep folder for what is measured here beside the evidence: repetition at one length, latency
 */
export async function claims({ evidenceOf, families, keep, log = console.log, style = { markdown: true } }) {
  const rows = [];
  for (const { name: family, members } of families) {
    for (const model of members) {
      const group = groupOf(model);
      if (group === null) continue;
      const seen = fromEvidence(await evidenceOf(family, model.name));
      const values = group === 'copy' ? seen : { ...seen, ...(await measured(family, model, keep)) };
      const { name, of, how } = model;
      rows.push({ family, name, group, of, how, size: sizeOf(model), values });
    }
  }
  const levels = LEVELS.map(({ read, ...level }) =>
    levelClaim(
      level,
      rows.map((row) => ({ ...row, value: read(row.values) })),
    ),
  );
  const latency = latencyClaim(rows.filter(({ group }) => group !== 'copy'));
  for (const level of levels) log(levelTables(level, style));
  log(latencyTable(latency, style), `Latency on ${machine()}, load average ${load()}.`);
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
  const { values } = parseArgs({ options: { ...FAMILY_OPTIONS, cache: { type: 'string' } } });
  const families = chosenFamilies(values);
  const cache = resolve(values.cache ?? join(tmpdir(), 'assay-verdict-cache'));
  const store = new EvidenceStore(cache);
  const pathOf = (family, name) =>
    families.find((each) => each.name === family).members.find((each) => each.name === name).path;
  const evidenceOf = (family, name) => store.get(pathOf(family, name), AUDIT);
  const log = (...parts) => console.log(`${parts.join('\n\n')}\n`);
  await claims({ evidenceOf, families, keep: cache, log });
}
