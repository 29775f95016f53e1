import type { Report } from '../../core/types.js';
import { environmentRows } from '../environment.js';
import { clauseCoverage } from '../prose.js';
import { troubles } from '../troubles.js';
import { type Html, html } from './template.js';

export function probesSection(report: Report): Html | false {
  const names = Object.keys(report.probes);
  if (names.length === 0) return false;
  const failing = troubles(report);
  const rows = failing.map(({ probe, status, code, message, hint }) => {
    const tone = status === 'failed' ? 'chip bad' : 'chip warn';
    const next = hint !== undefined && html`<small>Next: ${hint}</small>`;
    return html`<tr><th scope="row"><code>${probe}</code></th><td data-label="status"><span class="${tone}">${status}</span></td><td class="why">${code !== '' && html`<code>${code}</code> `}${message}${next}</td></tr>`;
  });
  const table = html`<div class="scroll"><table class="plain stack"><thead><tr><th scope="col">Probe</th><th scope="col">Status</th><th scope="col">What happened</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const coverage = `${names.length - failing.length} of ${names.length} ran`;
  return html`<section><h2>Probes <span class="count">${coverage}</span></h2>${failing.length > 0 ? table : html`<p class="note">Every probe ran.</p>`}</section>`;
}

export function clausesSection(report: Report): Html | false {
  const rows = report.clauses.map(({ id, expected, observed, passed }) => {
    const result = passed
      ? html`<span class="chip good">passed</span>`
      : html`<span class="chip bad">failed</span>`;
    return html`<tr><th scope="row"><code>${id}</code></th><td data-label="result">${result}</td><td data-label="expected">${expected}</td><td data-label="observed">${observed}</td></tr>`;
  });
  return (
    rows.length > 0 &&
    html`<section><h2>Clauses <span class="count">${clauseCoverage(report)}</span></h2><div class="scroll"><table class="plain stack"><thead><tr><th scope="col">Clause</th><th scope="col">Result</th><th scope="col">Expected</th><th scope="col">Observed</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
  );
}

export function provenanceSection(report: Report): Html {
  const environment = environmentRows(report).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  return html`<section><h2>Provenance</h2><h3>Environment</h3>${environment.length > 0 ? html`<dl class="facts">${environment}</dl>` : html`<p class="note">not recorded</p>`}
<h3>Inputs</h3><dl class="digests"><div><dt>Evidence</dt><dd><code>${report.inputs.evidence}</code></dd></div><div><dt>Profile</dt><dd><code>${report.inputs.profile}</code></dd></div></dl></section>`;
}

export function warningsSection(warnings: readonly string[], notes: readonly string[]): Html | false {
  const items = [...warnings, ...notes].map((warning) => html`<li>${warning}</li>`);
  return items.length > 0 && html`<section><h2>Warnings</h2><ul>${items}</ul></section>`;
}
