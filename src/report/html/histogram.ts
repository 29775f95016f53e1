import type { Range } from '../grid.js';
import { formatNumber } from '../number.js';
import { finiteSorted, mean, percentiles, quantile } from '../samples.js';
import { type Bins, binned, drawnRange } from './bins.js';
import { coordinate, niceTicks } from './scale.js';
import { type Html, html } from './template.js';

export interface Samples {
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
}

const WIDTH = 440;
const HEIGHT = 232;
const PLOT = { left: 44, right: 428, top: 46, bottom: 190 } as const;
const MARKED = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

function horizontal(value: number, [low, high]: Range): number {
  return coordinate(PLOT.left + ((value - low) / (high - low)) * (PLOT.right - PLOT.left));
}

function vertical(count: number, most: number): number {
  return coordinate(PLOT.bottom - (count / most) * (PLOT.bottom - PLOT.top));
}

function bars({ low, step, counts }: Bins, range: Range, most: number, unit: string): readonly Html[] {
  return counts.map((count, index) => {
    const from = low + index * step;
    const left = horizontal(from, range);
    const width = coordinate(Math.max(0.5, horizontal(from + step, range) - left - 1));
    const top = vertical(count, most);
    const text = `${formatNumber(from)} to ${formatNumber(from + step)} ${unit}: ${formatNumber(count)}`;
    return html`<rect class="bar" x="${left}" y="${top}" width="${width}" height="${coordinate(PLOT.bottom - top)}"><title>${text}</title></rect>`;
  });
}

function axes(range: Range, most: number, unit: string): Html {
  const below = niceTicks(range[0], range[1], 6).map((tick) => {
    const x = horizontal(tick, range);
    return html`<path class="rule" d="M${x} ${PLOT.bottom}v4"/><text x="${x}" y="${PLOT.bottom + 17}" text-anchor="middle">${formatNumber(tick)}</text>`;
  });
  const beside = niceTicks(0, most, 4).map((tick) => {
    const y = vertical(tick, most);
    return html`<path class="rule" d="M${PLOT.left} ${y}H${PLOT.right}"/><text x="${PLOT.left - 6}" y="${y + 4}" text-anchor="end">${formatNumber(tick)}</text>`;
  });
  return html`<g class="axis">${beside}${below}<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${unit}</text></g>`;
}

/** Percentile lines with staggered names, so that close ones stay readable. */
function marks(sorted: readonly number[], range: Range): readonly Html[] {
  return MARKED.map(([name, p], index) => {
    const value = quantile(sorted, p);
    const y = 12 + index * 13;
    if (value > range[1]) {
      return html`<g class="mark"><text x="${PLOT.right}" y="${y}" text-anchor="end">${name} ${formatNumber(value)} →</text></g>`;
    }
    const x = horizontal(value, range);
    const flip = x > PLOT.right - 90;
    return html`<g class="mark"><path d="M${x} ${y - 9}V${PLOT.bottom}"/><text x="${flip ? x - 4 : x + 4}" y="${y}" text-anchor="${flip ? 'end' : 'start'}">${name} ${formatNumber(value)}</text></g>`;
  });
}

function numbers(sorted: readonly number[], unit: string): Html {
  const points = [
    ...percentiles(sorted),
    { name: 'mean', value: mean(sorted) },
    { name: 'n', value: sorted.length },
  ];
  return html`<table class="data"><caption>Percentiles in ${unit}</caption><tbody>${points.map(({ name, value }) => html`<tr><th scope="row">${name}</th><td>${formatNumber(value)}</td></tr>`)}</tbody></table>`;
}

function binTable({ low, step, counts }: Bins, unit: string): Html {
  const rows = counts.map(
    (count, index) =>
      html`<tr><td>${formatNumber(low + index * step)}</td><td>${formatNumber(low + (index + 1) * step)}</td><td>${formatNumber(count)}</td></tr>`,
  );
  return html`<table class="data"><caption>Samples per bin, in ${unit}</caption><thead><tr><th scope="col">from</th><th scope="col">to</th><th scope="col">samples</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** A distribution as bars with its percentiles; `shared` is an axis common to pictures to compare. */
export function histogramFigure({ label, unit, values }: Samples, shared?: Range): Html {
  const sorted = finiteSorted(values);
  const caption = html`<figcaption>${label}</figcaption>`;
  if (sorted.length === 0) return html`<figure>${caption}<p class="note">no samples</p></figure>`;
  const range = shared ?? drawnRange(sorted);
  const bins = binned(sorted, range);
  const most = Math.max(1, ...bins.counts);
  const alt = `${label}: distribution of ${formatNumber(sorted.length)} samples in ${unit}, median ${formatNumber(quantile(sorted, 0.5))}`;
  const beyond =
    bins.beyond > 0 &&
    html`<p class="note">${formatNumber(bins.beyond)} of ${formatNumber(sorted.length)} samples lie above ${formatNumber(range[1])} ${unit} and are not drawn.</p>`;
  return html`<figure class="samples">${caption}<svg role="img" aria-label="${alt}" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"><title>${alt}</title>${axes(range, most, unit)}${bars(bins, range, most, unit)}${marks(sorted, range)}</svg>${numbers(sorted, unit)}${beyond}<details><summary>Data table</summary><div class="scroll">${binTable(bins, unit)}</div></details></figure>`;
}
