import type { Reason, Report } from '../../core/types.js';
import {
  AGAINST_TITLE,
  costText,
  EVASIONS_TITLE,
  promiseText,
  thresholdText,
  weightText,
} from '../explanation.js';
import { formatFactor, formatPercent } from '../number.js';
import { clauseCoverage, OUTCOME_WORD, verdictPhrase } from '../prose.js';
import { nameText } from '../text.js';
import { at, variantOrder } from '../variants.js';
import { type Html, html } from './template.js';

const ICON = {
  upheld: html`<path d="M4.5 10.5l4 4 7-8.5"/>`,
  refuted: html`<path d="M5.5 5.5l9 9m0-9l-9 9"/>`,
  inconclusive: html`<path d="M7 7.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8v.5m0 2.4v.6"/>`,
} as const;

const CLASS = { upheld: 'good', refuted: 'bad', inconclusive: 'warn' } as const;

/** The answer first: badge, sentence, and who was examined. */
export function verdictHeader(report: Report): Html {
  const { verdict, candidate, claim, tool } = report;
  const word = OUTCOME_WORD[verdict.outcome];
  const tone = CLASS[verdict.outcome];
  const sentence = verdictPhrase(report).map((part) =>
    typeof part === 'string' ? html`${part}` : html`<span class="name">${nameText(part.name)}</span>`,
  );
  const failed = report.clauses.some((clause) => !clause.passed);
  return html`<header class="${tone}"><p class="tool">${tool.name} ${tool.version} · report</p>
<h1><span class="badge"><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">${ICON[verdict.outcome]}</svg>${word}<span class="vh">: </span></span><span class="sentence">${sentence}</span></h1>
<dl class="identity"><div><dt>Claim</dt><dd>${claim.variant} <small>of ${claim.profile}</small></dd></div><div><dt>Candidate</dt><dd>${nameText(candidate.label)} <small>${candidate.kind}</small></dd></div><div class="wide"><dt>Digest</dt><dd><code>${candidate.digest ?? 'none'}</code></dd></div><div><dt>Confidence</dt><dd>${formatPercent(verdict.confidence)}</dd></div><div><dt>E-value against the claim</dt><dd>${formatFactor(verdict.eValue)} <small>${thresholdText(report)}, which ${promiseText(report)}</small></dd></div><div><dt>Acceptance</dt><dd class="${failed && 'alarm'}">${clauseCoverage(report)}</dd></div></dl></header>`;
}

function reasonList(reasons: readonly Reason[]): Html {
  const items = reasons.map((reason) => {
    const weight = weightText(reason);
    return html`<li>${reason.sentence} <code>${reason.signal}</code>${weight !== '' && html` <small>${weight}</small>`}</li>`;
  });
  return html`<ul class="reasons">${items}</ul>`;
}

/** Why, what speaks against it, what would decide an open case, and how the evidence could deceive. */
export function reasonsSection({ verdict, candidate }: Report): Html {
  const { outcome, reasons, against, wouldDecide, evasions } = verdict;
  const open = wouldDecide.map((remedy) => {
    const cost = costText(remedy, candidate.kind);
    return html`<li>${remedy.sentence}${cost !== '' && html` <small>${cost}</small>`}</li>`;
  });
  const others = evasions.map((evasion) => html`<li>${evasion}</li>`);
  return html`<section><h2>Reasons</h2>${reasons.length > 0 ? reasonList(reasons) : html`<p class="note">none given</p>`}${against.length > 0 && html`<h3>${AGAINST_TITLE[outcome]}</h3>${reasonList(against)}`}${open.length > 0 && html`<h3>What would decide it</h3><ul>${open}</ul>`}${others.length > 0 && html`<h3>${EVASIONS_TITLE[outcome]}</h3><ul>${others}</ul>`}</section>`;
}

/** One bar per version the evidence was weighed for. */
export function posteriorSection(report: Report): Html | false {
  const { verdict, claim } = report;
  const known = variantOrder(report).filter((id) => Object.hasOwn(verdict.posterior, id));
  const rows = known.map((id) => {
    const share = at(verdict.posterior, id) ?? 0;
    const width = Number.isFinite(share) ? Math.min(100, Math.max(0, share * 100)).toFixed(2) : '0';
    const tags = [id === claim.variant && 'claimed', id === verdict.variant && 'best explanation'].filter(
      Boolean,
    );
    const tone = id === verdict.variant ? CLASS[verdict.outcome] : '';
    return html`<tr><th scope="row">${id}${tags.map((tag) => html` <small>${tag}</small>`)}</th><td class="track">${share > 0 && html`<span class="fill ${tone}" style="width:${width}%"></span>`}</td><td class="share">${formatPercent(share)}</td></tr>`;
  });
  return (
    rows.length > 0 &&
    html`<section><h2>Posterior</h2><table class="posterior"><thead class="vh"><tr><th scope="col">version</th><th scope="col">bar</th><th scope="col">probability</th></tr></thead><tbody>${rows}</tbody></table></section>`
  );
}
