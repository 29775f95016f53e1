import type { Report, SignalResult } from '../../core/types.js';
import { formatLogLikelihood } from '../number.js';
import { SPOOFING_WORD, signalCoverage } from '../prose.js';
import { at, bestVariants, variantOrder } from '../variants.js';
import { type Html, html } from './template.js';

type Scored = Extract<SignalResult, { readonly status: 'scored' }>;

const STATUS_CLASS = { scored: 'chip', skipped: 'chip warn', errored: 'chip bad' } as const;

function nameCell(signal: SignalResult, index: number): Html {
  const linked = signal.status === 'scored' && signal.details.length > 0;
  const title = linked ? html`<a href="#signal-${index}">${signal.title}</a>` : html`${signal.title}`;
  return html`<th scope="row"><b>${title}</b><code>${signal.id}</code><small>group ${signal.group}</small><small>${SPOOFING_WORD[signal.spoofing]}</small></th>`;
}

function variantCell(signal: Scored, variant: string, best: ReadonlySet<string>, claim: string): Html {
  const likelihood = at(signal.logLikelihood, variant);
  const kind = [variant === claim && 'claimed', best.has(variant) && 'best'].filter(Boolean).join(' ');
  const mark = best.has(variant) && html` <span class="star" title="explains this signal best">best</span>`;
  return html`<td class="${kind}" data-label="${variant}${variant === claim && ' (claimed)'}"><span>${at(signal.expected, variant) ?? '–'}</span><small>ln L ${formatLogLikelihood(likelihood)}${mark}</small></td>`;
}

function whyNot(signal: Exclude<SignalResult, Scored>): Html {
  if (signal.status === 'skipped') return html`${signal.reason}`;
  const { code, message, hint } = signal.error;
  return html`<code>${code}</code> ${message}${hint !== undefined && html`<small>Next: ${hint}</small>`}`;
}

function row(signal: SignalResult, index: number, variants: readonly string[], claim: string): Html {
  const status = html`<td data-label="status"><span class="${STATUS_CLASS[signal.status]}">${signal.status}</span></td>`;
  if (signal.status !== 'scored') {
    return html`<tr>${nameCell(signal, index)}${status}<td class="why" colspan="${variants.length + 1}">${whyNot(signal)}</td></tr>`;
  }
  const best = bestVariants(signal);
  const cells = variants.map((variant) => variantCell(signal, variant, best, claim));
  return html`<tr>${nameCell(signal, index)}${status}<td data-label="observed"><b>${signal.observed}</b></td>${cells}</tr>`;
}

/** Every signal, run or not, against every version of the profile. */
export function signalsSection(report: Report): Html {
  const claim = report.claim.variant;
  const variants = variantOrder(report);
  const heads = variants.map(
    (variant) =>
      html`<th scope="col" class="${variant === claim && 'claimed'}">${variant}${variant === claim && html`<small>claimed</small>`}</th>`,
  );
  const rows = report.signals.map((signal, index) => row(signal, index, variants, claim));
  return html`<section><h2>Signals <span class="count">${signalCoverage(report)}</span></h2>
<p class="note">Under each version: what it would show, and the natural-log likelihood of what was observed. Signals of one group share one vote; what was skipped or errored counts neither for nor against.</p>
<div class="scroll" role="region" aria-label="Signals" tabindex="0"><table class="matrix"><thead><tr><th scope="col">Signal</th><th scope="col">Status</th><th scope="col">Observed</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
