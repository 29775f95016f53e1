import type { AttentionLayer, AttentionReading } from '../../core/types.js';
import { cleanText, nameText } from '../text.js';

/** Neighbouring layers of one make. */
export interface LayerRun {
  readonly from: number;
  readonly to: number;
  readonly site: AttentionLayer;
}

const sameMake = (a: AttentionLayer, b: AttentionLayer): boolean =>
  a.kind === b.kind &&
  a.operator === b.operator &&
  a.heads === b.heads &&
  a.keyValueHeads === b.keyValueHeads &&
  a.latent === b.latent;

/** Layers in order, neighbours of one make together. */
export function layerRuns({ sites }: AttentionReading): readonly LayerRun[] {
  const runs: { from: number; to: number; site: AttentionLayer }[] = [];
  sites.forEach((site, index) => {
    const last = runs.at(-1);
    if (last !== undefined && sameMake(last.site, site)) last.to = index;
    else runs.push({ from: index, to: index, site });
  });
  return runs;
}

/** Latent attention has no key/value heads of its own: every head expands the same vector. */
export function keyValueText({ keyValueHeads, latent }: AttentionLayer): string {
  if (latent === true) return 'latent';
  return keyValueHeads === null ? '–' : String(keyValueHeads);
}

const MOST_MAKES = 6;
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** One sentence part per make, in order of appearance: "4 self-attention layers with 8 heads, by Softmax". */
export function layerSummary(reading: AttentionReading): readonly string[] {
  if (reading.layers === 0) return ['no layer was measured'];
  const counts = new Map<string, number>();
  for (const { kind, operator, heads, keyValueHeads, latent } of reading.sites) {
    const grouped = keyValueHeads === null ? '' : ` (${plural(keyValueHeads, 'key/value head')})`;
    const groups = latent === true ? ' over latent keys (MLA)' : grouped;
    const make = `${cleanText(kind)}-attention layer|with ${plural(heads, 'head')}${groups}, by ${nameText(operator)}`;
    counts.set(make, (counts.get(make) ?? 0) + 1);
  }
  const parts = [...counts].map(([make, count]) => {
    const [what = '', ...rest] = make.split('|');
    return `${plural(count, what)} ${rest.join('|')}`;
  });
  const rest = parts.length - MOST_MAKES;
  return rest > 0 ? [...parts.slice(0, MOST_MAKES), `and ${plural(rest, 'other make')}`] : parts;
}

/** Smallest, largest and mean finite value of a grid, with the places of the first two. */
export interface GridSummary {
  readonly count: number;
  readonly mean: number;
  readonly lowest: Place;
  readonly highest: Place;
}
interface Place {
  readonly value: number;
  readonly layer: number;
  readonly head: number;
}

export function gridSummary(grid: readonly (readonly number[])[]): GridSummary | null {
  let lowest: Place | undefined;
  let highest: Place | undefined;
  let sum = 0;
  let count = 0;
  for (const [layer, row] of grid.entries()) {
    for (const [head, value] of row.entries()) {
      if (!Number.isFinite(value)) continue;
      if (lowest === undefined || value < lowest.value) lowest = { value, layer, head };
      if (highest === undefined || value > highest.value) highest = { value, layer, head };
      sum += value;
      count += 1;
    }
  }
  return lowest && highest ? { count, mean: sum / count, lowest, highest } : null;
}
