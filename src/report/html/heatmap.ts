import { type Grid, type Range, rangeOf, shareOf, toGrid } from '../grid.js';
import { formatNumber } from '../number.js';
import { finiteSorted, mean } from '../samples.js';
import { coordinate, niceStep } from './scale.js';
import { type Html, html } from './template.js';

export interface Heatmap {
  readonly label: string;
  readonly unit: string;
  /** What the numbers mean, under the label. */
  readonly note?: string;
  readonly rows: readonly (readonly number[])[];
}

const SHADES = 10;
const PLOT_WIDTH = 384;
const LEFT = 44;
const TOP = 8;
/** Up to here every cell is an element with its own tooltip; beyond, one path per shade keeps the file small. */
const TITLED_CELLS = 400;
/** Up to here the table holds every value; beyond, one summary line per layer. */
const TABLED_CELLS = 600;

function shadeOf(value: number, range: Range): number | null {
  const share = shareOf(value, range);
  return share === null ? null : Math.min(SHADES - 1, Math.floor(share * SHADES));
}

function span(index: number, block: number): string {
  return block === 1 ? String(index) : `${index * block}–${(index + 1) * block - 1}`;
}

function titledCells(grid: Grid, range: Range, unit: string): readonly Html[] {
  return grid.rows.flatMap((row, y) =>
    row.map((value, x) => {
      const place = `layer ${span(y, grid.block.rows)}, head ${span(x, grid.block.columns)}`;
      const shade = shadeOf(value, range);
      return html`<rect class="${shade === null ? 'hn' : `h${shade}`}" x="${x}" y="${y}" width=".96" height=".96"><title>${place}: ${formatNumber(value)} ${unit}</title></rect>`;
    }),
  );
}

/** Runs of one shade along a row. */
function runs(row: readonly number[], range: Range): readonly { shade: number; from: number; to: number }[] {
  const found: { shade: number; from: number; to: number }[] = [];
  row.forEach((value, x) => {
    const shade = shadeOf(value, range);
    const last = found.at(-1);
    if (last?.shade === shade && last.to === x) last.to = x + 1;
    else if (shade !== null) found.push({ shade, from: x, to: x + 1 });
  });
  return found;
}

/** One path per shade, each run a horizontal stroke of width 1; relative moves keep it short. */
function shadedPaths(grid: Grid, range: Range): readonly Html[] {
  const pens = Array.from({ length: SHADES }, () => ({ x: 0, y: 0, path: '' }));
  grid.rows.forEach((row, y) => {
    for (const { shade, from, to } of runs(row, range)) {
      const pen = pens[shade];
      if (pen === undefined) continue;
      pen.path += `m${from - pen.x} ${y - pen.y}h${to - from}`;
      pen.x = to;
      pen.y = y;
    }
  });
  return pens.flatMap(({ path }, shade) =>
    path === '' ? [] : [html`<path class="s${shade}" d="${path}"/>`],
  );
}

function axis(
  cells: number,
  block: number,
  size: number,
  most: number,
): readonly { at: number; text: string }[] {
  const step = Math.max(1, Math.ceil(niceStep(cells, most)));
  const count = Math.ceil(cells / step);
  return Array.from({ length: count }, (_, index) => ({
    at: coordinate((index * step + 0.5) * size),
    text: String(index * step * block),
  }));
}

function axes(grid: Grid, size: number): Html {
  const height = grid.rows.length * size;
  const rows = axis(grid.rows.length, grid.block.rows, size, Math.max(2, Math.min(16, height / 18)));
  const columns = axis(
    grid.columns,
    grid.block.columns,
    size,
    Math.max(2, Math.min(16, (grid.columns * size) / 24)),
  );
  const bottom = TOP + height;
  return html`<g class="axis">${rows.map(({ at, text }) => html`<text x="${LEFT - 6}" y="${coordinate(TOP + at + 4)}" text-anchor="end">${text}</text>`)}${columns.map(
    ({ at, text }) =>
      html`<text x="${coordinate(LEFT + at)}" y="${bottom + 15}" text-anchor="middle">${text}</text>`,
  )}<text x="${coordinate(LEFT + (grid.columns * size) / 2)}" y="${bottom + 32}" text-anchor="middle">head</text><text transform="translate(11 ${coordinate(TOP + height / 2)}) rotate(-90)" text-anchor="middle">layer</text></g>`;
}

function picture(grid: Grid, range: Range, heatmap: Heatmap): Html {
  const size = coordinate(
    Math.max(3, Math.min(32, PLOT_WIDTH / Math.max(grid.columns, grid.rows.length * 0.75))),
  );
  const width = Math.ceil(LEFT + grid.columns * size + 12);
  const height = Math.ceil(TOP + grid.rows.length * size + 38);
  const titled = grid.rows.length * grid.columns <= TITLED_CELLS;
  const cells = titled ? titledCells(grid, range, heatmap.unit) : shadedPaths(grid, range);
  const shift = titled ? TOP : TOP + size / 2;
  const alt = `${heatmap.label}: layers by heads, ${formatNumber(range[0])} to ${formatNumber(range[1])} ${heatmap.unit}`;
  return html`<svg role="img" aria-label="${alt}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${alt}</title><g transform="translate(${LEFT} ${coordinate(shift)}) scale(${size})">${cells}</g>${axes(grid, size)}</svg>`;
}

function legend([low, high]: Range, unit: string): Html {
  const swatches = Array.from({ length: SHADES }, (_, shade) => html`<i class="b${shade}"></i>`);
  return html`<p class="legend"><span>${formatNumber(low)}</span><span class="ramp" aria-hidden="true">${swatches}</span><span>${formatNumber(high)} ${unit}</span></p>`;
}

function fullTable({ rows, unit }: Heatmap): Html {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const heads = Array.from({ length: columns }, (_, head) => html`<th scope="col">${head}</th>`);
  const body = rows.map((row, layer) => {
    return html`<tr><th scope="row">${layer}</th>${row.map((value) => html`<td>${formatNumber(value)}</td>`)}</tr>`;
  });
  return html`<table class="data"><caption>${unit} by layer (down) and head (across)</caption><thead><tr><th scope="col">layer</th>${heads}</tr></thead><tbody>${body}</tbody></table>`;
}

function layerTable({ rows, unit }: Heatmap, limit: number): Html {
  const body = rows.slice(0, limit).map((row, layer) => {
    const sorted = finiteSorted(row);
    const values = [sorted[0] ?? Number.NaN, mean(sorted), sorted.at(-1) ?? Number.NaN];
    return html`<tr><th scope="row">${layer}</th><td>${row.length}</td>${values.map((value) => html`<td>${formatNumber(value)}</td>`)}</tr>`;
  });
  const rest =
    rows.length > limit &&
    html`<p class="note">${formatNumber(rows.length - limit)} more layers are in the JSON report.</p>`;
  return html`<table class="data"><caption>${unit} over the heads of each layer; every value is in the JSON report</caption><thead><tr><th scope="col">layer</th><th scope="col">heads</th><th scope="col">min</th><th scope="col">mean</th><th scope="col">max</th></tr></thead><tbody>${body}</tbody></table>${rest}`;
}

/** Layers by heads as a picture with its colour scale and its numbers; `range` is shared by pictures to compare. */
export function heatmapFigure(heatmap: Heatmap, side: number, range = rangeOf(heatmap.rows)): Html {
  const { label, note } = heatmap;
  const caption = html`<figcaption>${label}</figcaption>${note !== undefined && html`<p class="note">${note}</p>`}`;
  if (range === null) return html`<figure>${caption}<p class="note">no values</p></figure>`;
  const grid = toGrid(heatmap.rows, side);
  const { rows, columns } = grid.block;
  const averaged =
    rows * columns > 1 && html`<p class="note">Each cell averages ${rows} layers by ${columns} heads.</p>`;
  const total = heatmap.rows.reduce((sum, row) => sum + row.length, 0);
  const table = total <= TABLED_CELLS ? fullTable(heatmap) : layerTable(heatmap, 128);
  return html`<figure>${caption}${picture(grid, range, heatmap)}${legend(range, heatmap.unit)}${averaged}<details><summary>Data table</summary><div class="scroll">${table}</div></details></figure>`;
}
