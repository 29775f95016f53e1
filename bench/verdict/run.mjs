// The published table of verdicts, see docs/verdict.md. After npm run build:
//   node bench/verdict/run.mjs [--zoo DIR] [--split sealed|calibration|build] [--families a,b] [--cache DIR]
//     [--only verdicts,curves,anytime,claims,rivals] [--errors FILE] [--markdown]
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { auditAll } from './lib/audits.mjs';
import { EvidenceStore } from './lib/evidence.mjs';
import { MODES } from './lib/modes.mjs';
import { Profiles, SCENARIOS } from './lib/profiles.mjs';
import { familiesOf } from './lib/zoo.mjs';
import { confusion, figures } from './tables/confusion.mjs';
import { errors } from './tables/errors.mjs';

const { values: options } = parseArgs({
  options: {
    zoo: { type: 'string', default: new URL('../../fixtures/zoo', import.meta.url).pathname },
    split: { type: 'string', default: 'sealed' },
    families: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'assay-verdict-cache') },
    only: { type: 'string', default: 'verdicts,curves,anytime,claims,rivals' },
    errors: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const only = new Set(options.only.split(','));
const style = { markdown: options.markdown };
const wanted = options.families?.split(',');
const families = familiesOf(options.zoo, options.split.split(',')).filter(
  ({ name }) => wanted?.includes(name) ?? true,
);
const log = (line) => process.stderr.write(`${line}\n`);
const print = (...lines) => process.stdout.write(`${lines.join('\n\n')}\n\n`);
const heading = (text, level = 2) =>
  options.markdown ? `${'#'.repeat(level)} ${text}` : `${text.toUpperCase()}`;

const store = new EvidenceStore(options.cache);
const profiles = new Profiles(store);

if (only.has('verdicts')) {
  const rows = await auditAll(families, { store, profiles, log });
  for (const scenario of SCENARIOS) {
    for (const [mode, what] of Object.entries(MODES)) {
      const found = rows.filter((row) => row.scenario === scenario && row.mode === mode);
      print(
        heading(`Profile "${scenario}", ${mode}: ${what}`, 3),
        confusion(found, style),
        figures(found, style),
      );
    }
  }
  if (options.errors) writeFileSync(options.errors, `${errors(rows)}\n`);
}
