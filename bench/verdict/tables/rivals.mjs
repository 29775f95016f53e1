// What a buyer would do otherwise, on the same audits: the guides' rule, and one logistic regression.

import { auc } from '../lib/auc.mjs';
import { genuine } from '../lib/audits.mjs';
import { calibrationError } from '../lib/calibration-error.mjs';
import { fitLogistic, probability, standardizer } from '../lib/logistic-regression.mjs';
import { number, percent, table } from '../lib/text-table.mjs';
import { KINDS } from '../lib/zoo.mjs';

/** Half of the 23 % more repetition that guides expect of a distilled model. */
const REPEATS_MORE = 0.115;

/** `training` are audits of build and calibration families; a tested family is never among those it is judged by. */
export function rivals(rows, training, style) {
  const tested = [...new Set(rows.map(({ family }) => family))];
  const judgedRows = tested.flatMap((family) => {
    const known = training.filter((row) => row.family !== family);
    return known.length === 0
      ? []
      : judgeFamily(
          rows.filter((row) => row.family === family),
          known,
        );
  });
  if (judgedRows.length === 0) return 'No family is left to fit on.';
  const names = Object.keys(judgedRows[0].called);
  const body = names.map((name) =>
    line(
      name,
      judgedRows.map((row) => ({ ...row, ...row.called[name] })),
    ),
  );
  const thresholds = [...new Set(judgedRows.map(({ threshold }) => percent(threshold, 2)))];
  return [
    table(
      [
        '',
        'right',
        'balanced',
        'genuine accused',
        'relatives passed',
        'undecided',
        'kind right',
        'unrelated called other',
        'AUC',
        'ECE',
      ],
      body,
      style,
    ),
    `Guides' rule: as many heads in every layer, and mean normalised entropy within ${thresholds.join(' or ')} of the reference's. The guides give no threshold: ` +
      'this one has the best balanced accuracy on the families fitted on. "With repetition" also asks for less than 11.5 % more repeated 4-grams, half of the guides\' 23 %. ' +
      'What the rule rejects, it calls distilled. Logistic regressions say genuine from probability 0.5 and name the kind whose own regression is surest. ' +
      `Fitted on build and calibration families, never on the one judged (here ${[...new Set(training.map(({ family }) => family))].join(', ')}).`,
  ].join('\n\n');
}

function judgeFamily(rows, known) {
  const threshold = bestThreshold(known);
  const byGuide = regression(
    known,
    ({ guide }) => guide && [guide.sameHeads ? 1 : 0, guide.entropy, guide.repetition],
  );
  const names = [...new Set(known.flatMap(({ measured }) => Object.keys(measured)))].sort();
  const centre = Object.fromEntries(
    names.map((name) => [name, median(known.flatMap(({ measured }) => measured[name] ?? []))]),
  );
  // A signal that was silent says as much as one in the middle of what was seen.
  const byAll = regression(known, ({ measured }) => names.map((name) => measured[name] ?? centre[name]));
  return rows.map((row) => ({
    ...row,
    threshold,
    called: {
      'model-assay': { says: SAYS[row.outcome], kindSaid: row.kind, p: row.claimProbability },
      "guides' rule": byRule(row.guide, threshold, Number.POSITIVE_INFINITY),
      "guides' rule, with repetition": byRule(row.guide, threshold, REPEATS_MORE),
      "logistic regression, guides' features": byGuide(row),
      'logistic regression, all that signals measure': byAll(row),
    },
  }));
}

const SAYS = { upheld: true, refuted: false, inconclusive: null };

function byRule(guide, threshold, more) {
  if (guide === null) return { says: null, kindSaid: 'unknown' };
  const says = passes(guide, threshold) && guide.repetition < more;
  return { says, kindSaid: says ? 'full' : 'distilled' };
}

const passes = ({ sameHeads, entropy }, threshold) => sameHeads && Math.abs(entropy) <= threshold;

function bestThreshold(rows) {
  const seen = rows.filter(({ guide }) => guide !== null);
  const candidates = [...new Set(seen.map(({ guide }) => Math.abs(guide.entropy)))].sort((a, b) => a - b);
  const score = (threshold) => {
    const share = (some, wanted) =>
      some.filter(({ guide }) => passes(guide, threshold) === wanted).length / some.length;
    return (
      share(seen.filter(genuine), true) +
      share(
        seen.filter((row) => !genuine(row)),
        false,
      )
    );
  };
  return candidates.reduce((best, next) => (score(next) > score(best) ? next : best), candidates[0]);
}

/** One regression for genuine or not, and one per kind. */
function regression(rows, featuresOf) {
  const usable = rows.filter((row) => featuresOf(row) !== null);
  const standard = standardizer(usable.map(featuresOf));
  const features = usable.map((row) => standard(featuresOf(row)));
  const _fit = (label) => fitLogistic(features, usable.map(label));
  const real = it(genuine);
  const kinds = KINDS.slice(1).filter((kind) => usable.some(({ truth }) => truth.kind === kind));
  const byKind = kinds.map((kind) => [kind, it(({ truth }) => truth.kind === kind)]);
  return (row) => {
    const found = featuresOf(row);
    if (found === null) return { says: null, kindSaid: 'unknown' };
    const p = probability(real, standard(found));
    const [kindSaid] = byKind
      .map(([kind, weights]) => [kind, probability(weights, standard(found))])
      .reduce((best, next) => (next[1] > best[1] ? next : best));
    return { says: p >= 0.5, kindSaid: p >= 0.5 ? 'full' : kindSaid, p };
  };
}

function line(name, rows) {
  const real = rows.filter(genuine);
  const relatives = rows.filter((row) => !genuine(row));
  const certain = rows.filter(({ says }) => says !== null);
  const share = (some, test) => some.filter(test).length / some.length;
  const isRight = (row) => row.says === genuine(row);
  const refuted = relatives.filter(({ says }) => says === false);
  const strangers = relatives.filter(({ truth }) => truth.kind === 'other');
  const stated = rows.filter(({ p }) => p !== undefined);
  const answers = stated.map((row) => ({
    confidence: Math.max(row.p, 1 - row.p),
    right: row.p >= 0.5 === genuine(row),
  }));
  const pOf = (some) => some.flatMap(({ p }) => p ?? []);
  return [
    name,
    percent(share(certain, isRight)),
    percent(
      (share(certain.filter(genuine), isRight) +
        share(
          certain.filter((row) => !genuine(row)),
          isRight,
        )) /
        2,
    ),
    percent(share(real, ({ says }) => says === false)),
    percent(share(relatives, ({ says }) => says === true)),
    percent(1 - certain.length / rows.length),
    percent(share(refuted, ({ kindSaid, truth }) => kindSaid === truth.kind)),
    percent(share(strangers, ({ says, kindSaid }) => says === false && kindSaid === 'other')),
    stated.length === 0 ? '–' : number(auc(pOf(relatives), pOf(real)), 4),
    stated.length === 0 ? '–' : number(calibrationError(answers), 4),
  ];
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
