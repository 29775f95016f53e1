import { decided, genuine, right } from '../lib/audits.mjs';
import { calibrationError, reliability } from '../lib/calibration-error.mjs';
import { number, percent, table } from '../lib/text-table.mjs';

/** Stated confidence against how often it was right: of decided verdicts, and of the claim's own probability in all audits. */
export function calibration(rows, style) {
  const stated = rows.filter(decided).map((row) => ({ confidence: row.confidence, right: right(row) }));
  const claims = rows.map((row) => ({ confidence: row.claimProbability, right: genuine(row) }));
  return [
    diagram('decided verdicts: confidence', stated, undefined, style),
    diagram('all audits: probability of the claim', claims, CLAIM_ENDS, style),
  ].join('\n\n');
}

const CLAIM_ENDS = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1];
const BAR = 20;

function diagram(title, answers, ends, style) {
  const bins = reliability(answers, ends);
  const body = table(
    [title, 'audits', 'mean stated', 'right', 'stated ▁ right █'],
    bins.map(({ end, count, confidence, right: share }) => [
      `up to ${end}`,
      count,
      number(confidence, 4),
      percent(share),
      bar(confidence, share),
    ]),
    style,
  );
  return `${body}\nECE ${number(calibrationError(answers, ends), 4)} over ${answers.length} answers`;
}

function bar(stated, share) {
  const cells = Array.from({ length: BAR }, (_, at) => ((at + 0.5) / BAR <= share ? '█' : ' '));
  cells[Math.min(BAR - 1, Math.floor(stated * BAR))] = '▁';
  return `[${cells.join('')}]`;
}
