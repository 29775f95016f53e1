// Honest audits with optional stopping: look after every prompt and passage, in random order, and count who is ever accused.

import { seededRng, shuffled } from '../../../dist/esm/core/rng.js';
import { runSignals, viewsOf } from '../../../dist/esm/core/run-signals.js';
import { clopperPearson } from '../../../dist/esm/stats/clopper-pearson.js';
import { judge } from '../../../dist/esm/verdict/policy.js';
import { judged } from '../lib/audits.mjs';
import { AUDIT } from '../lib/evidence.mjs';
import { inMode, truncated } from '../lib/modes.mjs';
import { SCENARIOS } from '../lib/profiles.mjs';
import { rememberingSignals } from '../lib/remember.mjs';
import { percent, table } from '../lib/text-table.mjs';
import { claimsOf, truthOf } from '../lib/zoo.mjs';
import { passagesOf, promptsOf } from './curves.mjs';

const MODES = ['delivery', 'function', 'text'];
/** Looks that are also put through the public `score`, which must say the same. */
const CHECKED = 200;

export async function anytime(families, tools, { audits, seed = 11 }, style) {
  const honest = await genuineAudits(families, tools);
  const rng = seededRng(seed);
  const every = Math.max(1, Math.floor((audits * 6) / CHECKED));
  const tallies = new Map();
  let looks = 0;
  for (let done = 0; done < audits; done++) {
    const mode = MODES[done % MODES.length];
    const drawn = honest[Math.floor(rng() * honest.length)];
    const found = session(drawn, mode, rng, () => looks++ % every === 0);
    for (const name of [mode, 'all']) {
      const tally = tallies.get(name) ?? {
        audits: 0,
        refuted: 0,
        exceeded: 0,
        upheld: 0,
        highest: 0,
        files: new Set(),
      };
      tallies.set(name, tally);
      tally.audits++;
      if (found.refuted) tally.refuted++;
      if (found.exceeded) tally.exceeded++;
      if (found.upheld) tally.upheld++;
      if (found.refuted || found.exceeded) tally.files.add(drawn.label);
      tally.highest = Math.max(tally.highest, found.highest);
    }
    if ((done + 1) % 1000 === 0) tools.log(`anytime: ${done + 1} audits, ${looks} looks`);
  }
  const rows = [...tallies].map(([mode, { audits: count, refuted, exceeded, upheld, highest, files }]) => [
    mode,
    count,
    refuted,
    exceeded,
    percent(clopperPearson(Math.max(refuted, exceeded), count, 0.9).high, 3),
    highest.toPrecision(3),
    percent(upheld / count),
    files.size === 0 ? '–' : [...files].join(' '),
  ]);
  return [
    table(
      [
        'seen',
        'audits',
        'ever refuted',
        'e-value ever ≥ 1/rate',
        '95 % upper bound',
        'highest e-value',
        'ever upheld',
        'files',
      ],
      rows,
      style,
    ),
    `${honest.length} measurements of genuine files behind ${audits} audits and ${looks} looks; ${CHECKED} or more looks gave the same verdict through \`score\`. ` +
      'The bound takes audits for independent, which those of one file are not.',
  ].join('\n\n');
}

async function genuineAudits(families, { store, profiles, repeats }) {
  const found = [];
  for (const family of families) {
    for (const claim of claimsOf(family)) {
      for (const member of family.members.filter((row) => truthOf(row, claim).kind === 'full')) {
        for (const options of [AUDIT, ...repeats]) {
          const evidence = await store.get(member.path, options);
          for (const scenario of SCENARIOS) {
            const profile = await profiles.of(family, claim, member, scenario);
            found.push({ evidence, profile, claim: claim.name, label: `${family.name}/${member.name}` });
          }
        }
      }
    }
  }
  return found;
}

/** One audit: prompts and passages in an order of their own, a look after each pair. */
function session({ evidence, profile, claim }, mode, rng, checked) {
  const seen = inMode(evidence, mode);
  const [prompts, passages] = [shuffled(promptsOf(evidence), rng), shuffled(passagesOf(evidence), rng)];
  const found = { refuted: false, exceeded: false, upheld: false, highest: 0 };
  for (let count = 1; count <= Math.max(prompts.length, passages.length); count++) {
    const part = truncated(seen, {
      prompts: prompts.slice(0, count).sort(),
      passages: passages.slice(0, count).sort(),
    });
    const verdict = verdictOf(part, profile, claim);
    if (checked()) agree(verdict, judged(part, profile, claim).verdict);
    found.refuted ||= verdict.outcome === 'refuted';
    found.exceeded ||= verdict.eValue >= 1 / verdict.falseAccusationRate;
    found.upheld ||= verdict.outcome === 'upheld';
    found.highest = Math.max(found.highest, verdict.eValue);
  }
  return found;
}

/** What `score` does but for checks and digests of its inputs. */
function verdictOf(evidence, profile, claim) {
  const results = runSignals(evidence, profile, rememberingSignals(profile));
  return judge(evidence, profile, claim, results, viewsOf(profile, []).variants);
}

function agree(quick, verdict) {
  const text = weighed(verdict);
  if (weighed(quick) !== text) throw new Error(`score gives another verdict: ${text}`);
}

/** All but what more evidence would cost, which only `score` knows. */
const weighed = ({ wouldDecide: _costs, ...verdict }) => JSON.stringify(verdict);
