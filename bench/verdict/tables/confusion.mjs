import { clopperPearson } from '../../../dist/esm/stats/clopper-pearson.js';
import { decided, genuine, right } from '../lib/audits.mjs';
import { percent, table } from '../lib/text-table.mjs';
import { wilson } from '../lib/wilson.mjs';
import { KINDS } from '../lib/zoo.mjs';

const CALLED = ['upheld', 'inconclusive', ...KINDS.slice(1), 'full', 'unknown'];
const calledOf = ({ outcome, kind }) => (outcome === 'refuted' ? kind : outcome);

/** Rows by what a member is and how it was made; columns by what the verdict says. */
export function confusion(rows, style) {
  const groups = new Map();
  for (const row of rows) {
    const name = `${row.truth.kind}: ${row.truth.how}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const order = [...groups].sort(
    ([a, [x]], [b, [y]]) => KINDS.indexOf(x.truth.kind) - KINDS.indexOf(y.truth.kind) || a.localeCompare(b),
  );
  const shown = CALLED.filter((name) => rows.some((row) => calledOf(row) === name));
  const heading = (name) => (name === 'upheld' || name === 'inconclusive' ? name : `refuted: ${name}`);
  return table(
    ['truth', 'audits', ...shown.map(heading)],
    order.map(([name, found]) => [
      name,
      found.length,
      ...shown.map((called) => found.filter((row) => calledOf(row) === called).length || '·'),
    ]),
    style,
  );
}

/** The figures that are promised, each with its interval. */
export function figures(rows, style) {
  const [real, relatives] = [rows.filter(genuine), rows.filter((row) => !genuine(row))];
  const certain = rows.filter(decided);
  const refuted = relatives.filter(({ outcome }) => outcome === 'refuted');
  const named = refuted.filter(({ kind }) => kind !== 'unknown');
  const strangers = relatives.filter(({ truth }) => truth.kind === 'other');
  const models = (some) => new Set(some.map(({ family, member }) => `${family}/${member.name}`)).size;
  const accused = real.filter(({ outcome }) => outcome === 'refuted');
  const bound = (count, trials) => (trials === 0 ? 1 : clopperPearson(count, trials, 0.9).high);
  const share = (name, count, trials) => {
    const { low, high } = wilson(count, trials);
    return [name, count, trials, percent(count / trials), `${percent(low)} – ${percent(high)}`];
  };
  return [
    table(
      ['', 'count', 'of', 'share', 'Wilson 95 %'],
      [
        share('right among decided', certain.filter(right).length, certain.length),
        share('abstained', rows.length - certain.length, rows.length),
        share('genuine upheld', real.filter(right).length, real.length),
        share('relatives refuted', refuted.length, relatives.length),
        share(
          'relatives upheld',
          relatives.filter(({ outcome }) => outcome === 'upheld').length,
          relatives.length,
        ),
        share(
          'kind right, of the refuted',
          refuted.filter(({ kind, truth }) => kind === truth.kind).length,
          refuted.length,
        ),
        share(
          'kind right, of those named',
          named.filter(({ kind, truth }) => kind === truth.kind).length,
          named.length,
        ),
        share(
          'unrelated called other',
          strangers.filter((row) => calledOf(row) === 'other').length,
          strangers.length,
        ),
        share('unrelated called family', strangers.filter(isFamily).length, strangers.length),
      ],
      style,
    ),
    `False accusations: ${accused.length} of ${real.length} genuine audits; one-sided 95 % upper bound (Clopper–Pearson) ${percent(bound(accused.length, real.length), 2)} per audit, ` +
      `and ${models(accused)} of ${models(real)} genuine files, upper bound ${percent(bound(models(accused), models(real)), 2)} per file. ` +
      'Audits of one file, and files of one model, are not independent: the bound per audit is optimistic, that per file less so.',
  ].join('\n\n');
}

/** Called the claimed version or made from it. */
const isFamily = (row) =>
  row.outcome === 'upheld' || !['inconclusive', 'other', 'unknown'].includes(calledOf(row));
