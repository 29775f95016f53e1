import { decided, genuine, right } from '../lib/audits.mjs';
import { percent, table } from '../lib/text-table.mjs';
import { wilson } from '../lib/wilson.mjs';
import { KINDS } from '../lib/zoo.mjs';
import { called, isFamily } from './headline.mjs';

const CALLED = ['upheld', 'inconclusive', ...KINDS.slice(1), 'full', 'unknown'];

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
  const shown = CALLED.filter((name) => rows.some((row) => called(row) === name));
  const heading = (name) => (name === 'upheld' || name === 'inconclusive' ? name : `refuted: ${name}`);
  return table(
    ['truth', 'audits', ...shown.map(heading)],
    order.map(([truth, found]) => [
      truth,
      found.length,
      ...shown.map((name) => found.filter((row) => called(row) === name).length || '·'),
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
  const share = (name, count, trials) => {
    const { low, high } = wilson(count, trials);
    return [name, count, trials, percent(count / trials), `${percent(low)} – ${percent(high)}`];
  };
  return table(
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
        strangers.filter((row) => called(row) === 'other').length,
        strangers.length,
      ),
      share('unrelated called family', strangers.filter(isFamily).length, strangers.length),
    ],
    style,
  );
}
