// Power against how much was asked: the same evidence, cut down to what a smaller audit would have collected.
import { decided, genuine, judged } from '../lib/audits.mjs';
import { AUDIT } from '../lib/evidence.mjs';
import { inMode, truncated } from '../lib/modes.mjs';
import { SCENARIOS } from '../lib/profiles.mjs';
import { percent, table } from '../lib/text-table.mjs';
import { claimsOf, KINDS, truthOf } from '../lib/zoo.mjs';

const idsOf = (evidence, probe, rows) => {
  const status = evidence.probes[probe];
  return status?.status === 'ok' ? rows(status.data).map(({ id }) => id) : [];
};
export const promptsOf = (evidence) => idsOf(evidence, 'repetition', (data) => data);
export const passagesOf = (evidence) => idsOf(evidence, 'log-probabilities', ({ texts }) => texts);

const PROMPTS = [1, 2, 3, 4, 5, 6, 7, 8];
const byPrompts = (evidence, count) =>
  truncated(evidence, {
    prompts: promptsOf(evidence).slice(0, count),
    passages: passagesOf(evidence).slice(0, count),
  });

/** Heading of the first column, and what each step leaves of an audit in that mode. */
export const CURVES = [
  { mode: 'delivery', unit: 'prompts and passages', steps: PROMPTS, cut: byPrompts },
  { mode: 'function', unit: 'prompts and passages', steps: PROMPTS, cut: byPrompts },
  {
    mode: 'text',
    unit: 'scored tokens',
    steps: [32, 48, 64, 96, 128, 160, 200, 250, 300],
    cut: (evidence, tokens) => truncated(evidence, { tokens }),
  },
  {
    mode: 'endpoint',
    unit: 'contexts of 20 tokens',
    steps: [8, 12, 16, 24, 32, 48, 64, 84],
    cut: (evidence, contexts) => truncated(evidence, { contexts }),
  },
];

export async function curves(families, { store, profiles, log }, style) {
  const out = [];
  for (const scenario of SCENARIOS) {
    for (const curve of CURVES) {
      const rows = curve.steps.map(() => []);
      for (const family of families) {
        log(`curve ${scenario} ${curve.mode} ${family.name}`);
        for (const claim of claimsOf(family)) {
          for (const member of family.members) {
            const evidence = inMode(await store.get(member.path, AUDIT), curve.mode);
            const profile = await profiles.of(family, claim, member, scenario);
            for (const [at, step] of curve.steps.entries()) {
              const { verdict } = judged(curve.cut(evidence, step), profile, claim.name);
              rows[at].push({ truth: truthOf(member, claim), outcome: verdict.outcome });
            }
          }
        }
      }
      out.push(`Profile "${scenario}", ${curve.mode}`, shares(curve, rows, style));
    }
  }
  return out.join('\n\n');
}

function shares({ unit, steps }, rows, style) {
  const kinds = KINDS.filter((kind) => kind !== 'full');
  const share = (some, outcome) =>
    percent(some.filter((row) => row.outcome === outcome).length / some.length, 0);
  return table(
    [
      unit,
      'decided',
      'genuine upheld',
      'genuine refuted',
      ...kinds.map((kind) => `${kind} refuted`),
      'relatives upheld',
    ],
    steps.map((step, at) => {
      const real = rows[at].filter(genuine);
      const relatives = rows[at].filter((row) => !genuine(row));
      return [
        step,
        percent(rows[at].filter(decided).length / rows[at].length, 0),
        share(real, 'upheld'),
        share(real, 'refuted'),
        ...kinds.map((kind) =>
          share(
            relatives.filter(({ truth }) => truth.kind === kind),
            'refuted',
          ),
        ),
        share(relatives, 'upheld'),
      ];
    }),
    style,
  );
}
