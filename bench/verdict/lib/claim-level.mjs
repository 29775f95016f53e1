import { effect } from './claim-effect.mjs';

/** Two groups are told apart by a level when it orders this share of their pairs. */
const SEPARATES = 0.95;

/**
 * A claim that distilled models have a higher (`sign` 1) or lower (−1) level of one quantity. Rows are
 * { family, group, how, size, value }; groups are full, distilled, small (trained without a teacher) and changed copies.
 */
export function levelClaim({ claim, sign, stated }, rows) {
  const known = rows.filter(({ value }) => value !== null);
  const of = (test) => known.filter(test);
  const [full, distilled, small] = ['full', 'distilled', 'small'].map((name) =>
    of(({ group }) => group === name),
  );
  const alone = [...full, ...small];
  const recipes = [...new Set(distilled.map(({ how }) => how))].map((how) => {
    const students = distilled.filter((row) => row.how === how);
    const sizes = new Set(students.map(({ family, size }) => `${family} ${size}`));
    const control = alone.filter(({ family, size }) => sizes.has(`${family} ${size}`));
    return { how, full: effect(students, full, sign), control: effect(students, control, sign) };
  });
  const copies = of(({ group }) => group === 'copy');
  const found = {
    claim,
    sign,
    all: effect(distilled, full, sign),
    recipes,
    size: effect(small, full, sign),
    copies: [...new Set(copies.map(({ how }) => how))].map((how) => ({
      how,
      full: effect(
        copies.filter((row) => row.how === how),
        full,
        sign,
      ),
    })),
  };
  return {
    ...found,
    verdict: verdictOf(found),
    stated: stated === undefined ? null : magnitude(stated, found),
  };
}

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
  const { least, most } = all.change;
  const inside = least <= stated && stated <= most;
  return `${percent(stated)} lies ${inside ? 'inside' : 'outside'} the range of families, ${percent(least)} to ${percent(most)}`;
}

export function levelTable({ claim, all, recipes, size, copies, verdict, stated }) {
  const rows = [
    ['all distilled', 'full', all],
    ...recipes.flatMap(({ how, full, control }) => [
      [`distilled: ${how}`, 'full', full],
      [`distilled: ${how}`, 'same size, no teacher', control],
    ]),
    ['small, no teacher', 'full', size],
    ...copies.map(({ how, full }) => [`no distillation: ${how}`, 'full', full]),
  ];
  return [
    `"${claim}": ${verdict}${stated === null ? '' : `; ${stated}`}`,
    '',
    '| models | against | models | change (families) | d | AUC of the claim | families with its sign |',
    '|---|---|---|---|---|---|---|',
    ...rows.filter(([, , found]) => found !== null).map(row),
  ].join('\n');
}

function row([who, against, { models, change, d, auc, signs }]) {
  const range = `${percent(change.mean)} (${percent(change.least)} to ${percent(change.most)})`;
  return `| ${who} | ${against} | ${models.join(' : ')} | ${range} | ${d?.toFixed(1) ?? '–'} | ${auc.toFixed(2)} | ${signs.join(' of ')} |`;
}

const percent = (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(0)} %`;
