import type { Report } from '../core/types.js';
import { detailsSection } from './html/details.js';
import { fitReport, type Limits } from './html/fit.js';
import { firstThatFits, pageOf } from './html/page.js';
import { clausesSection, probesSection, provenanceSection, warningsSection } from './html/sections.js';
import { signalsSection } from './html/signals.js';
import type { Html } from './html/template.js';
import { posteriorSection, reasonsSection, verdictHeader } from './html/verdict.js';
import { OUTCOME_WORD } from './prose.js';
import { nameText } from './text.js';

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
  return pageOf(title, [
    verdictHeader(report),
    reasonsSection(report),
    posteriorSection(report),
    signalsSection(report),
    detailsSection(report, limits.side),
    probesSection(report),
    clausesSection(report),
    provenanceSection(report),
    warningsSection(report.warnings, notes),
  ]);
}

/** One self-contained page without scripts; the same report gives the same bytes. */
export function renderHtml(report: Report): string {
  return firstThatFits(LIMITS, (limits) => page(report, limits));
}
