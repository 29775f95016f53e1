import type { AttentionReading } from '../../core/types.js';
import { heatmapFigure } from '../html/heatmap.js';
import { firstThatFits, pageOf } from '../html/page.js';
import { warningsSection } from '../html/sections.js';
import { type Html, html } from '../html/template.js';
import { formatNumber } from '../number.js';
import { cleanText, clip, nameText } from '../text.js';
import { keyValueText, layerRuns, layerSummary } from './layers.js';
import { ATTENTION_STATISTICS, contradictionLines } from './statistics.js';

interface Limits {
  /** Code points of one string. */
  readonly text: number;
  /** Entries of one list. */
  readonly rows: number;
  /** Cells of a heatmap each way. */
  readonly side: number;
}

/** Tried in turn until the page is small enough. */
const LIMITS: readonly Limits[] = [
  { text: 600, rows: 256, side: 128 },
  { text: 300, rows: 128, side: 64 },
  { text: 160, rows: 64, side: 48 },
  { text: 96, rows: 32, side: 24 },
  { text: 80, rows: 8, side: 12 },
];

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
const short = (text: string, { text: limit }: Limits): string => clip(cleanText(text), limit);

function header(reading: AttentionReading): Html {
  const { tool, candidate, layers, headCount, tokens } = reading;
  const total = headCount.reduce((sum, heads) => sum + heads, 0);
  const facts = [
    ['Layers', layers],
    ['Heads', total],
    ['Tokens of the prompt', tokens],
  ] as const;
  return html`<header class="info"><p class="tool">${nameText(tool.name)} ${nameText(tool.version)} · attention</p>
<h1>Attention of candidate <span class="name">${nameText(candidate.label)}</span></h1>
<dl class="identity">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${formatNumber(value)}</dd></div>`)}<div class="wide"><dt>Measured</dt><dd>${layerSummary(reading).join('; ')} <small>${nameText(candidate.kind)}</small></dd></div></dl></header>`;
}

function rest(total: number, { rows }: Limits): Html | false {
  return (
    total > rows &&
    html`<p class="note">${formatNumber(total - rows)} more rows are in the JSON document.</p>`
  );
}

function layersSection(reading: AttentionReading, limits: Limits): Html {
  const runs = layerRuns(reading);
  if (runs.length === 0)
    return html`<section><h2>Layers</h2><p class="note">No layer was measured.</p></section>`;
  const rows = runs.slice(0, limits.rows).map(({ from, to, site }) => {
    const span = from === to ? String(from) : `${from}–${to}`;
    return html`<tr><th scope="row">${span}</th><td data-label="kind">${short(site.kind, limits)}</td><td data-label="operator"><code>${short(site.operator, limits)}</code></td><td data-label="heads">${formatNumber(site.heads)}</td><td data-label="key/value heads">${keyValueText(site)}</td></tr>`;
  });
  return html`<section><h2>Layers <span class="count">head counts as seen in the run</span></h2><div class="scroll"><table class="plain stack"><thead><tr><th scope="col">Layers</th><th scope="col">Kind</th><th scope="col">Operator</th><th scope="col">Heads</th><th scope="col">Key/value heads</th></tr></thead><tbody>${rows}</tbody></table></div>${rest(runs.length, limits)}</section>`;
}

function headsSection(reading: AttentionReading, { side }: Limits): Html {
  const figures = ATTENTION_STATISTICS.map(({ key, title, unit, meaning }) =>
    heatmapFigure({ label: title, unit, note: sentence(meaning), rows: reading[key] }, side),
  );
  return html`<section><h2>Heads</h2><p class="note">Layers run down, heads across. Each value is a mean over the positions of the prompt that see at least two keys; each picture has its own scale.</p><div class="figures">${figures}</div></section>`;
}

function unmeasuredSection({ unmeasured }: AttentionReading, limits: Limits): Html | false {
  const rows = unmeasured.slice(0, limits.rows).map(({ operator, count, reason }) => {
    return html`<tr><th scope="row"><code>${short(operator, limits)}</code></th><td data-label="layers">${formatNumber(count)}</td><td class="why">${short(reason, limits)}</td></tr>`;
  });
  return (
    rows.length > 0 &&
    html`<section><h2>Not measured</h2><div class="scroll"><table class="plain stack"><thead><tr><th scope="col">Operator</th><th scope="col">Layers</th><th scope="col">Reason</th></tr></thead><tbody>${rows}</tbody></table></div>${rest(unmeasured.length, limits)}</section>`
  );
}

function contradictionsSection(reading: AttentionReading, limits: Limits): Html | false {
  const lines = contradictionLines(reading).slice(0, limits.rows);
  return (
    lines.length > 0 &&
    html`<section><h2>Contradictions</h2><ul>${lines.map((line) => html`<li>${short(line, limits)}</li>`)}</ul></section>`
  );
}

function page(reading: AttentionReading, limits: Limits): Html {
  const warnings = reading.warnings.slice(0, limits.rows).map((text) => short(text, limits));
  const notes =
    reading.warnings.length > limits.rows
      ? [`This page shows ${limits.rows} of ${reading.warnings.length} warnings; the JSON document has all.`]
      : [];
  return pageOf(`Attention of ${nameText(reading.candidate.label)}`, [
    header(reading),
    layersSection(reading, limits),
    headsSection(reading, limits),
    unmeasuredSection(reading, limits),
    contradictionsSection(reading, limits),
    warningsSection(warnings, notes),
  ]);
}

/** One self-contained page without scripts; the same reading gives the same bytes. */
export function renderAttentionHtml(reading: AttentionReading): string {
  return firstThatFits(LIMITS, (limits) => page(reading, limits));
}
