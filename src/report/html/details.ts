import type { Detail, Measured, Report, SignalResult } from '../../core/types.js';
import { type Range, rangeOf } from '../grid.js';
import { formatNumber } from '../number.js';
import { finiteSorted } from '../samples.js';
import { drawnRange } from './bins.js';
import { heatmapFigure } from './heatmap.js';
import { histogramFigure } from './histogram.js';
import { type Html, html } from './template.js';

type Details = Measured['details'];

/** Pictures of one signal in one unit share their scale: the eye compares them. */
function heatmapRange(details: Details, unit: string): Range | null {
  return rangeOf(details.flatMap((item) => (item.type === 'heatmap' && item.unit === unit ? item.rows : [])));
}

function samplesRange(details: Details, unit: string): Range {
  const ranges = details.flatMap((item) => {
    if (item.type !== 'samples' || item.unit !== unit) return [];
    const sorted = finiteSorted(item.values);
    return sorted.length === 0 ? [] : [drawnRange(sorted)];
  });
  const low = ranges.reduce((least, range) => Math.min(least, range[0]), Number.POSITIVE_INFINITY);
  return [low, ranges.reduce((most, range) => Math.max(most, range[1]), Number.NEGATIVE_INFINITY)];
}

function figure(detail: Detail, details: Details, side: number): Html | false {
  if (detail.type === 'heatmap') return heatmapFigure(detail, side, heatmapRange(details, detail.unit));
  if (detail.type === 'samples') return histogramFigure(detail, samplesRange(details, detail.unit));
  return false;
}

function fact(detail: Detail): Html | false {
  if (detail.type === 'text') return html`<div><dt>${detail.label}</dt><dd>${detail.value}</dd></div>`;
  if (detail.type !== 'number') return false;
  return html`<div><dt>${detail.label}</dt><dd>${formatNumber(detail.value)}${detail.unit !== undefined && html` ${detail.unit}`}</dd></div>`;
}

function signalDetails(signal: SignalResult, index: number, side: number): Html | false {
  if (signal.status !== 'scored' || signal.details.length === 0) return false;
  const facts = signal.details.map(fact).filter((item) => item !== false);
  const figures = signal.details
    .map((item) => figure(item, signal.details, side))
    .filter((item) => item !== false);
  return html`<section class="card" id="signal-${index}"><h3>${signal.title} <code>${signal.id}</code></h3><p class="note">${formatNumber(signal.n)} independent observations</p>${facts.length > 0 && html`<dl class="facts">${facts}</dl>`}${figures.length > 0 && html`<div class="figures">${figures}</div>`}</section>`;
}

/** What each scored signal measured, in the shapes of `Detail`. */
export function detailsSection(report: Report, side: number): Html | false {
  const cards = report.signals
    .map((signal, index) => signalDetails(signal, index, side))
    .filter((card) => card !== false);
  return cards.length > 0 && html`<section><h2>Measurements</h2>${cards}</section>`;
}
