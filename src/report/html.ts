import type { Report } from '../core/types.js';
import { detailsSection } from './html/details.js';
import { fitReport, type Limits } from './html/fit.js';
import { clausesSection, probesSection, provenanceSection, warningsSection } from './html/sections.js';
import { signalsSection } from './html/signals.js';
import { STYLE } from './html/style.js';
import { type Html, html, markupText } from './html/template.js';
import { posteriorSection, reasonsSection, verdictHeader } from './html/verdict.js';
import { OUTCOME_WORD } from './prose.js';
import { nameText } from './text.js';

/** A page that mail, chat and code review will carry. */
const MOST_BYTES = 300_000;

/** Tried in turn until the page is small enough. */
const LIMITS: readonly Limits[] = [
  { text: 600, rows: 64, side: 128 },
  { text: 300, rows: 32, side: 64 },
  { text: 160, rows: 16, side: 48 },
  { text: 96, rows: 8, side: 24 },
  { text: 80, rows: 4, side: 12 },
];

function page(full: Report, limits: Limits): Html {
  const { report, notes } = fitReport(full, limits);
  const title = `${OUTCOME_WORD[report.verdict.outcome]}: ${nameText(report.candidate.label)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${STYLE}
</head>
<body>
<main>
${verdictHeader(report)}
${reasonsSection(report)}
${posteriorSection(report)}
${signalsSection(report)}
${detailsSection(report, limits.side)}
${probesSection(report)}
${clausesSection(report)}
${provenanceSection(report)}
${warningsSection(report, notes)}
</main>
</body>
</html>
`;
}

/** One self-contained page without scripts; the same report gives the same bytes. */
export function renderHtml(report: Report): string {
  let text = '';
  for (const limits of LIMITS) {
    text = markupText(page(report, limits));
    if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  }
  return text;
}
