import { auc, countTable, share } from './rival-table.mjs';
import { KINDS } from './rival-zoo.mjs';

/** Highest confidence at which the rival itself says the model is not among its references. */
const UNSURE = 'unknown';

export function report({ name, version, settings }) {
  const parts = settings.map((setting) => settingReport(setting));
  return `${name} ${version}\n\n${parts.join('\n\n')}\n\n${cannot(settings)}`;
}

function settingReport({ name, maxTokens, temperature, referenceReps, reps, requests, failures, answers }) {
  const figures = figuresOf(answers);
  const nearest = answers.map(({ truth, named }) => ({ truth, answer: named }));
  const said = answers.map(({ truth, named, confidence }) => ({
    truth,
    answer: confidence === UNSURE ? UNSURE : named,
  }));
  const verified = answers.map(({ truth, verified: answer }) => ({ truth, answer }));
  return [
    `${name}: ${maxTokens} tokens at T = ${temperature}, ${reps} samples of each question, references ${referenceReps}; ${requests} requests, ${failures} failed`,
    countTable('truth \\ nearest reference', KINDS, [...KINDS, 'shipped', 'none'], nearest),
    countTable('truth \\ said', KINDS, [...KINDS, 'shipped', UNSURE], said),
    countTable('truth \\ `verify` of full-1', KINDS, ['passed', 'weak', 'suspicious', 'failed'], verified),
    [
      `nearest is the model itself, known models: ${share(...figures.top1)}`,
      `kind of the nearest is the truth, all models: ${share(...figures.kind)}`,
      `unknown models named as one of its references above "${UNSURE}": ${share(...figures.unknownNamed)}`,
      `unknown models nearest to the claim: ${share(...figures.unknownClaim)}`,
      `\`verify\`, decided (not weak): ${share(...figures.decided)}; right among decided: ${share(...figures.right)}`,
      `genuine full-1 suspicious or failed: ${share(...figures.accused)}`,
      `relatives and strangers passed: ${share(...figures.passed)}`,
      `AUC of its distance to full-1, genuine against all others: ${figures.auc?.toFixed(3) ?? 'none'}`,
    ].join('\n'),
  ].join('\n\n');
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
    auc: auc(distances(others), distances(genuine)),
  };
}

/** What no answer of it can say, with the count that shows it. */
function cannot(settings) {
  const answers = settings.flatMap((setting) => setting.answers);
  const strangers = answers.filter(({ truth, known }) => truth === 'other' && !known);
  const nearestRelative = strangers.filter(({ named }) => named !== 'other' && named !== 'shipped');
  const relatives = answers.filter(({ truth }) => truth !== 'full' && truth !== 'other');
  return [
    'What it cannot say, over all settings:',
    `- no class for an unknown model: its nearest reference is always a name; of strangers ${share(nearestRelative.length, strangers.length)} were nearest to full-1 or a relative, and "unknown" is a constant distance (0.3), not a class`,
    '- no kinds: it names models of a list; a relative that is not on the list is called by the name of another',
    `- no error rate and no p-value: five constant bands of one distance, whatever the number of answers; ${share(relatives.filter(({ verified }) => verified === 'passed').length, relatives.length)} of relatives passed as full-1`,
    '- no noise of its own: the distance of a model to itself depends on how often each question was asked, the bands do not',
    '- reads only the text of short answers: no weights, attention, log-probabilities, tokenizer or usage',
  ].join('\n');
}
