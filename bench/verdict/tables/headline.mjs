import { clopperPearson } from '../../../dist/esm/stats/clopper-pearson.js';
import { decided, genuine, right } from '../lib/audits.mjs';
import { calibrationError } from '../lib/calibration-error.mjs';
import { number, percent, table } from '../lib/text-table.mjs';

/** One line per profile and mode, and false accusations of all of them at every level at which audits may depend on each other. */
export function headline(rows, style) {
  const groups = new Map();
  for (const row of rows) {
    const name = `${row.scenario}, ${row.mode}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const lines = [...groups, ['all', rows]].map(([name, found]) => [name, ...line(found)]);
  return [
    table(
      [
        'profile, mode',
        'audits',
        'right among decided',
        'abstained',
        'genuine upheld',
        'genuine accused',
        'relatives upheld',
        'kind right, of refuted',
        'unrelated called other',
        'unrelated called family',
        'ECE of decided',
      ],
      lines,
      style,
    ),
    accusations(rows, style),
  ].join('\n\n');
}

export const called = ({ outcome, kind }) => (outcome === 'refuted' ? kind : outcome);
/** Called the claimed version or made from it. */
export const isFamily = (row) => !['inconclusive', 'other', 'unknown'].includes(called(row));

function line(rows) {
  const share = (some, test) => percent(some.filter(test).length / some.length);
  const real = rows.filter(genuine);
  const relatives = rows.filter((row) => !genuine(row));
  const refuted = relatives.filter(({ outcome }) => outcome === 'refuted');
  const strangers = relatives.filter(({ truth }) => truth.kind === 'other');
  const stated = rows.filter(decided).map((row) => ({ confidence: row.confidence, right: right(row) }));
  return [
    rows.length,
    share(rows.filter(decided), right),
    percent(1 - stated.length / rows.length),
    share(real, right),
    real.filter(({ outcome }) => outcome === 'refuted').length,
    relatives.filter(({ outcome }) => outcome === 'upheld').length,
    share(refuted, ({ kind, truth }) => kind === truth.kind),
    share(strangers, (row) => called(row) === 'other'),
    strangers.filter(isFamily).length,
    number(calibrationError(stated), 4),
  ];
}

/**
 * Audits of one file differ by seed and threads only, files of one model by export only, and models of a family share its data: an exact
 * bound holds for units that are independent, which only the last are nearly.
 */
function accusations(rows, style) {
  const real = rows.filter(genuine);
  const units = {
    audits: ({ family, claim, member, run, scenario, mode }) => [
      family,
      claim,
      member.name,
      run,
      scenario,
      mode,
    ],
    'audits of one profile and mode, at worst': null,
    files: ({ family, member }) => [family, member.name],
    'trained models': ({ family, claim }) => [family, claim],
  };
  const counted = (some, unit) => {
    const all = new Set(some.map((row) => unit(row).join()));
    const accused = new Set(
      some.filter(({ outcome }) => outcome === 'refuted').map((row) => unit(row).join()),
    );
    return [accused.size, all.size];
  };
  const worst = () => {
    const by = new Map();
    for (const row of real)
      by.set(`${row.scenario} ${row.mode}`, [...(by.get(`${row.scenario} ${row.mode}`) ?? []), row]);
    return [...by.values()]
      .map((some) => counted(some, units.audits))
      .sort((a, b) => b[0] / b[1] - a[0] / a[1])[0];
  };
  return table(
    ['genuine, counted by', 'accused', 'of', 'one-sided 95 % upper bound'],
    Object.entries(units).map(([name, unit]) => {
      const [count, trials] = unit ? counted(real, unit) : worst();
      return [name, count, trials, percent(clopperPearson(count, trials, 0.9).high, 2)];
    }),
    style,
  );
}
