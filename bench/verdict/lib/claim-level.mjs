import { summarize } from '../../../dist/esm/stats/summary.js';
import { effect } from './claim-effect.mjs';
import { number, table } from './text-table.mjs';

/** Two groups are told apart by a level when it orders this share of their pairs. */
const SEPARATES = 0.95;
/** A change this close to the one stated agrees with it. */
const NEAR = 0.1;

/**
 * A claim that distilled models have a higher (`sign` 1) or lower (−1) level of one quantity. Rows are
 * { family, group, of, how, size, value }; groups are full, distilled, small (trained without a teacher) and copy (of a
 * full model, changed). Students are compared with the full models of their family, and with models of their own size
 * that had no teacher; copies with their own original.
 */
export function levelClaim({ claim, sign, stated }, rows) {
  const known = rows.filter(({ value }) => value !== null);
  const [full, distilled, small, copies] = ['full', 'distilled', 'small', 'copy'].map((name) =>
    known.filter(({ group }) => group === name),
  );
  const against = (base, block) => (own) => effect(blocked(own, block), blocked(base, block), sign);
  const toFull = against(full, ({ family }) => family);
  const toControl = against([...full, ...small], ({ family, size }) => `${family} ${size}`);
  const toOriginal = against(full, ({ family, of }) => `${family} ${of}`);
  const found = {
    claim,
    families: [...new Set(known.map(({ family }) => family))].map((family) => {
      const of = (rows) => rows.filter((row) => row.family === family);
      const levels = [full, distilled, small].map((rows) => of(rows).map(({ value }) => value));
      return { family, levels, auc: toFull(of(distilled))?.auc ?? null };
    }),
    all: toFull(distilled),
    alone: toControl(distilled),
    recipes: byHow(distilled).map(({ how, own }) => ({ how, full: toFull(own), control: toControl(own) })),
    size: toFull(small),
    copies: byHow(copies).map(({ how, own }) => ({ how, original: toOriginal(own) })),
  };
  return {
    ...found,
    verdict: verdictOf(found),
    stated: stated === undefined ? null : magnitude(stated, found),
  };
}

const blocked = (rows, block) => rows.map((row) => ({ block: block(row), value: row.value }));
const byHow = (rows) =>
  [...new Set(rows.map(({ how }) => how))].map((how) => ({
    how,
    own: rows.filter((row) => row.how === how),
  }));

const consistent = (found) => found !== null && found.signs[0] === found.signs[1] && found.auc >= SEPARATES;

function verdictOf({ all, recipes }) {
  if (all === null) return 'not measured';
  const against = (key) => recipes.filter((recipe) => recipe[key] !== null);
  const holding = (key) => against(key).filter((recipe) => consistent(recipe[key]));
  const teacher = holding('control').map(({ how }) => how);
  const names = holding('full').map(({ how }) => how);
  if (names.length === recipes.length)
    return teacher.length === against('control').length
      ? 'true'
      : 'false of distillation: true against full models, not against models of the same size without a teacher';
  if (names.length === 0) return 'false: no recipe shows it in every family';
  const told = names.filter((how) => teacher.includes(how));
  const teachers = told.length > 0 ? `, ${told.join(', ')} against the same size without a teacher too` : '';
  return `false in general: of ${recipes.length} recipes ${names.join(', ')} show it in every family${teachers}`;
}

function magnitude(stated, { all }) {
  if (all === null) return null;
  const near = all.changes.filter((change) => Math.abs(change - stated) <= NEAR);
  return `within ten points of ${percent(stated)} in ${near.length} of ${all.changes.length} families`;
}

export function levelTables({ claim, families, all, alone, recipes, size, copies, verdict, stated }, style) {
  const rows = [
    ['distilled', 'full', all],
    ['distilled', 'same size, no teacher', alone],
    ['small, no teacher', 'full', size],
    ...recipes.flatMap(({ how, full, control }) => [
      [`distilled: ${how}`, 'full', full],
      [`distilled: ${how}`, 'same size, no teacher', control],
    ]),
    ...copies.map(({ how, original }) => [`not distilled: ${how}`, 'its original', original]),
  ];
  return [
    `"${claim}": ${verdict}${stated === null ? '' : `; ${stated}`}`,
    table(
      ['family', 'full', 'distilled', 'small, no teacher', 'AUC of the claim'],
      families.map((row) => [row.family, ...row.levels.map(span), number(row.auc ?? Number.NaN, 2)]),
      style,
    ),
    table(
      [
        'models',
        'against',
        'models',
        'median change (least to most)',
        'd',
        'AUC of the claim',
        'with its sign',
      ],
      rows.filter(([, , found]) => found !== null).map(row),
      style,
    ),
  ].join('\n\n');
}

function span(values) {
  if (values.length === 0) return '–';
  return [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(3)).join(' to ');
}

function row([who, against, { models, changes, d, auc, signs }]) {
  const { median, min, max } = summarize(changes);
  const range = `${percent(median)} (${percent(min)} to ${percent(max)})`;
  return [who, against, models.join(' : '), range, number(d, 1), number(auc, 2), signs.join(' of ')];
}

const percent = (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(0)} %`;
