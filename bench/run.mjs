// node bench/run.mjs [--rounds N] [--only attention,decode,hash,costs,memory] [--transformers ENTRY_FILE]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { attention } from './attention.mjs';
import { costs } from './costs.mjs';
import { decode } from './decode.mjs';
import { hash } from './hash.mjs';
import { load, machine } from './lib/machine.mjs';
import { memory } from './memory.mjs';

const BENCHES = { attention, decode, hash, costs, memory };
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: Object.keys(BENCHES).join(',') },
    transformers: { type: 'string' },
  },
});

const chosen = values.only.split(',');
const unknown = chosen.find((name) => !Object.hasOwn(BENCHES, name));
const rounds = Number(values.rounds);
if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`Expected --rounds N and --only with some of: ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else {
  await main();
}

async function main() {
  const temp = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const transformers = values.transformers && pathToFileURL(resolve(values.transformers)).href;
  console.log(`${machine()}\nload average ${load()} at the start, ${rounds} rounds\n`);
  try {
    for (const name of chosen) await BENCHES[name]({ rounds, temp, report, cost, transformers });
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

function report(row) {
  if (row.skipped !== undefined) {
    console.log(`${row.bench}: ${row.case}: skipped: ${row.skipped}`);
    return;
  }
  const range = `${row.low.toFixed(2)}–${row.high.toFixed(2)}`;
  const sides = `${figure(row.second)} against ${figure(row.first)} ${row.unit}`;
  const note = row.note === undefined ? '' : `, ${row.note}`;
  console.log(
    `${row.bench}: ${row.case}: ${row.ratio.toFixed(2)} (${range}, ${row.rounds} rounds; ${sides}${note}; load ${load()})`,
  );
}

function cost(subject, times) {
  const parts = Object.entries(times).map(([name, ms]) => `${name} ${figure(ms)}`);
  console.log(`costs: ${subject}, ms: ${parts.join(', ')}`);
}

function figure(value) {
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}
