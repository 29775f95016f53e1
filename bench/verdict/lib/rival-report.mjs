import { auc } from './auc.mjs';
import { number, percent, table } from './text-table.mjs';
import { KINDS } from './zoo.mjs';

/** The band in which the rival itself says that the model is not among its references. */
const UNSURE = 'unknown';
const NEAREST = 'truth, and the kind of the nearest reference';
const VERIFIED = 'truth, and what `verify` says of full-1';

export function report({ name, version, settings }, style) {
  const parts = settings.map((setting) => settingReport(setting, style));
  return [`${name} ${version}`, ...parts, cannot(settings, style)].join('\n\n');
}

function settingReport(
  { name, maxTokens, temperature, referenceReps, reps, requests, failures, answers },
  style,
) {
  const found = figuresOf(answers);
  const of = ([part, whole]) => [part, whole, percent(part / whole)];
  return [
    `${name}: ${maxTokens} tokens at T = ${temperature}, ${reps} samples of each question, references ${referenceReps}; ${requests} requests, ${failures} failed`,
    counts(NEAREST, [...KINDS, 'shipped', 'none'], answers, ({ named }) => named, style),
    counts(
      `${NEAREST}, unless it says it is unknown`,
      [...KINDS, 'shipped', UNSURE],
      answers,
      ({ named, confidence }) => (confidence === UNSURE ? UNSURE : named),
      style,
    ),
    counts(VERIFIED, ['passed', 'weak', 'suspicious', 'failed'], answers, ({ verified }) => verified, style),
    table(
      ['', 'count', 'of', 'share'],
      [
        ['known models: the nearest is the model itself', ...of(found.top1)],
        ['all models: the nearest is of their kind', ...of(found.kind)],
        ['unknown models: called one of its references, not unknown', ...of(found.unknownNamed)],
        ['unknown models: nearest to full-1', ...of(found.unknownClaim)],
        ['`verify` decided: passed, suspicious or failed', ...of(found.decided)],
        ['right among decided', ...of(found.right)],
        ['genuine full-1 accused: suspicious or failed', ...of(found.accused)],
        ['relatives and strangers passed', ...of(found.passed)],
      ],
      style,
    ),
    `AUC of its distance to full-1, genuine against all others: ${number(found.auc)}`,
  ].join('\n\n');
}

/** Answers counted: one row per truth, one column per answer. */
function counts(title, columns, answers, answer, style) {
  const rows = KINDS.map((kind) => [kind, answers.filter(({ truth }) => truth === kind)]);
  return table(
    [title, ...columns],
    rows
      .filter(([, own]) => own.length > 0)
      .map(([kind, own]) => [
        kind,
        ...columns.map((column) => own.filter((row) => answer(row) === column).length || '·'),
      ]),
    style,
  );
}

/** Shares as [part, whole]; the distance's AUC as a number. */
export function figuresOf(answers) {
  const count = (rows, test) => [rows.filter(test).length, rows.length];
  const genuine = answers.filter(({ truth }) => truth === 'full');
  const others = answers.filter(({ truth }) => truth !== 'full');
  const unknown = answers.filter(({ known }) => !known);
  const decided = answers.filter(({ verified }) => verified !== 'weak');
  const distances = (rows) => rows.map(({ jsd }) => jsd ?? 1);
  return {
    top1: count(
      answers.filter(({ known }) => known),
      ({ nearest, source }) => nearest === source,
    ),
    kind: count(answers, ({ truth, named }) => truth === named),
    unknownNamed: count(unknown, ({ confidence, named }) => confidence !== UNSURE && named !== 'shipped'),
    unknownClaim: count(unknown, ({ named }) => named === 'full'),
    decided: [decided.length, answers.length],
    right: count(decided, ({ truth, verified }) => (truth === 'full') === (verified === 'passed')),
    accused: count(genuine, ({ verified }) => verified === 'suspicious' || verified === 'failed'),
    passed: count(others, ({ verified }) => verified === 'passed'),
    auc: auc(distances(genuine), distances(others)),
  };
}

/** What no answer of it can say, with the count that shows it. */
function cannot(settings, style) {
  const lines = settings.map(({ name, answers }) => {
    const strangers = answers.filter(({ truth, known }) => truth === 'other' && !known);
    const relatives = answers.filter(({ truth, known }) => truth !== 'full' && truth !== 'other' && !known);
    const family = strangers.filter(({ named }) => named !== 'other' && named !== 'shipped');
    const kind = relatives.filter(({ truth, named }) => truth === named);
    const genuine = answers.filter(({ truth }) => truth === 'full').map(({ jsd }) => jsd ?? 1);
    return [
      name,
      `${family.length} of ${strangers.length}`,
      `${kind.length} of ${relatives.length}`,
      `${Math.min(...genuine).toFixed(2)} to ${Math.max(...genuine).toFixed(2)}`,
    ];
  });
  return [
    'What it cannot say:',
    '- no class for what it does not know: a nearest reference is always named, and "unknown" is a constant distance of 0.3',
    '- no kinds: it names models of a list, so an unlisted relative has the kind of whatever is nearest',
    '- no error rate: five constant bands of one distance, though the distance of a model to itself depends on how often each question was asked and how varied its answers are',
    '- no weights, attention, log-probabilities, tokenizer or usage: the text of short answers alone',
    '',
    table(
      [
        'as measured',
        'strangers nearest to full-1 or a relative',
        'unlisted relatives given their kind',
        'full-1 to itself',
      ],
      lines,
      style,
    ),
  ].join('\n');
}
