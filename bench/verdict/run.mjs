// The published table of verdicts, see docs/verdict.md. After npm run build:
//   node bench/verdict/run.mjs [--zoo DIR] [--split sealed|calibration|build] [--families a,b] [--cache DIR]
//     [--only verdicts,curves,anytime,stopping,claims,rivals] [--repeats 2] [--strangers 2] [--audits 10000]
//     [--errors FILE] [--llm-fingerprint DIR] [--markdown]
// Splits and families may be several, separated by commas. Progress goes to stderr, tables to stdout.
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { load, machine } from '../lib/machine.mjs';
import { auditAll } from './lib/audits.mjs';
import { AUDIT, EvidenceStore, repeats } from './lib/evidence.mjs';
import { MODES } from './lib/modes.mjs';
import { Profiles, SCENARIOS } from './lib/profiles.mjs';
import { rivalRows } from './lib/rival-rows.mjs';
import { familiesOf } from './lib/zoo.mjs';
import { anytime } from './tables/anytime.mjs';
import { caps } from './tables/caps.mjs';
import { confusion, figures } from './tables/confusion.mjs';
import { curves } from './tables/curves.mjs';
import { errors } from './tables/errors.mjs';
import { headline } from './tables/headline.mjs';
import { calibration } from './tables/reliability.mjs';
import { rivals } from './tables/rivals.mjs';
import { signals } from './tables/signals.mjs';
import { stopping } from './tables/stopping.mjs';

const { values: options } = parseArgs({
  options: {
    zoo: { type: 'string', default: new URL('../../fixtures/zoo', import.meta.url).pathname },
    split: { type: 'string', default: 'sealed' },
    families: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'assay-verdict-cache') },
    only: { type: 'string', default: 'verdicts,curves,anytime,stopping,claims,rivals' },
    repeats: { type: 'string', default: '2' },
    strangers: { type: 'string', default: '2' },
    audits: { type: 'string', default: '10000' },
    errors: { type: 'string' },
    'llm-fingerprint': { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const only = new Set(options.only.split(','));
const style = { markdown: options.markdown };
const zoo = resolve(options.zoo);
const started = performance.now();
const log = (line) =>
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0)} s  ${line}\n`);
const print = (...parts) => process.stdout.write(`${parts.join('\n\n')}\n\n`);
const title = (text) => (options.markdown ? `## ${text}` : text.toUpperCase());
const subtitle = (text) => (options.markdown ? `### ${text}` : text);

const chosen = options.families?.split(',');
const families = familiesOf(zoo, options.split.split(',')).filter(
  ({ name }) => chosen?.includes(name) ?? true,
);
if (families.length === 0) throw new Error(`${zoo} holds no family of the split "${options.split}".`);
const store = new EvidenceStore(resolve(options.cache));
const tools = {
  store,
  profiles: new Profiles(store, { strangers: Number(options.strangers) }),
  repeats: repeats(Number(options.repeats)),
  log,
};

const count = families.reduce((sum, { members }) => sum + members.length, 0);
print(
  title('Verdicts on the zoo'),
  `${families.map(({ name, split }) => `${name} (${split})`).join(', ')}: ${count} models. ${machine()}, load ${load()}.`,
);

const audits = only.has('verdicts') || only.has('rivals') ? await auditAll(families, tools) : [];
if (options.errors) writeFileSync(options.errors, `${errors(audits)}\n`);
if (only.has('verdicts')) {
  print(subtitle('In short'), headline(audits, style));
  for (const scenario of SCENARIOS) {
    for (const [mode, what] of Object.entries(MODES)) {
      const rows = audits.filter((row) => row.scenario === scenario && row.mode === mode);
      print(
        subtitle(`Profile "${scenario}", ${mode}: ${what}`),
        confusion(rows, style),
        figures(rows, style),
        calibration(rows, style),
      );
    }
  }
  for (const scenario of SCENARIOS) {
    const rows = audits.filter((row) => row.scenario === scenario && row.mode === 'delivery');
    print(
      subtitle(
        `Signals, profile "${scenario}": AUC (Cohen's d) of nats against the claim, genuine audits and each kind`,
      ),
      signals(rows, style),
    );
  }
  print(subtitle('What genuine audits say against their claims, by group of signals'), caps(audits, style));
  const served = audits.filter(({ mode }) => mode === 'endpoint');
  for (const scenario of SCENARIOS) {
    print(
      subtitle(`The same of endpoints, profile "${scenario}"`),
      signals(
        served.filter((row) => row.scenario === scenario),
        style,
      ),
    );
  }
}
if (only.has('curves')) {
  print(title('Power against what was asked'));
  for await (const [name, body] of curves(families, tools, style)) print(subtitle(name), body);
}
if (only.has('anytime'))
  print(
    title('Honest audits with optional stopping'),
    await anytime(families, tools, { audits: Number(options.audits) }, style),
  );
if (only.has('stopping'))
  print(title('Audits that stop when decided'), await stopping(families, tools, style));
if (only.has('rivals')) {
  const known = familiesOf(zoo, ['build', 'calibration']);
  const more = known.filter(({ name }) => !families.some((family) => family.name === name));
  const trained = [
    ...audits.filter(({ family }) => known.some(({ name }) => name === family)),
    ...(await auditAll(more, { ...tools, modes: ['delivery'] })),
  ];
  print(
    title('What a buyer would do otherwise'),
    rivals(await rivalRows(families, audits, tools), await rivalRows(known, trained, tools), style),
  );
  const { llmFingerprint } = await part('llm-fingerprint.mjs');
  await llmFingerprint?.({ families, folder: options['llm-fingerprint'], log: print, style });
}
if (only.has('claims')) {
  const { claims } = await part('claims.mjs');
  const evidenceOf = (family, name) =>
    store.get(
      families.find((each) => each.name === family).members.find((each) => each.name === name).path,
      AUDIT,
    );
  if (claims) print(title("The guides' claims"));
  await claims?.({ evidenceOf, families, log: print, keep: resolve(options.cache), style });
}
log(`${store.collected} collections took ${store.seconds.toFixed(0)} s`);

/** A part of the bench that may be left out. */
async function part(file) {
  const url = new URL(file, import.meta.url);
  return existsSync(url) ? import(url.href) : {};
}
