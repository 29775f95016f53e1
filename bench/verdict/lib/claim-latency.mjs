import { seededRng } from '../../../dist/esm/core/rng.js';
import { dip } from '../../../dist/esm/stats/dip.js';
import { dipP } from '../../../dist/esm/stats/dip-p.js';
import { percent, table } from './text-table.mjs';

const ALPHA = 0.05;
/** The rule has to be right this often, kinds weighted equally, to be called true. */
const RIGHT = 0.95;
const CONDITIONS = [
  ['gapsFirst', 'between tokens, first run'],
  ['gapsSecond', 'between tokens, second run'],
  ['gapsServed', 'between deltas of `assay serve`'],
];

/** Whether gaps are more than one group, by the dip test. Null for too few to tell. */
export function twoPeaked(gaps) {
  return gaps.length < 20 ? null : dipP(dip(gaps), gaps.length, seededRng(1)) < ALPHA;
}

/** "Full models have two-peaked latency, distilled ones one peak", of rows { family, group, values }. */
export function latencyClaim(rows) {
  const peaks = rows.map(({ group, values }) => ({
    group,
    ...Object.fromEntries(CONDITIONS.map(([key]) => [key, twoPeaked(values[key])])),
  }));
  const conditions = CONDITIONS.map(([key, title]) => {
    const counted = (group) => {
      const told = peaks.filter((row) => row.group === group && row[key] !== null);
      return [told.filter((row) => row[key]).length, told.length];
    };
    const [full, distilled, small] = ['full', 'distilled', 'small'].map(counted);
    const right = (full[0] / full[1] + (1 - distilled[0] / distilled[1])) / 2;
    return { title, full, distilled, small, right };
  });
  const twice = peaks.filter(({ gapsFirst, gapsSecond }) => gapsFirst !== null && gapsSecond !== null);
  const same = twice.filter(({ gapsFirst, gapsSecond }) => gapsFirst === gapsSecond);
  const holds = conditions.filter(({ right }) => right >= RIGHT);
  return {
    claim: 'full models have two-peaked latency, distilled ones one peak',
    conditions,
    repeats: [same.length, twice.length],
    verdict:
      holds.length === conditions.length
        ? 'true'
        : `false${holds.map(({ title }) => `; holds ${title}`).join('')}`,
  };
}

export function latencyTable({ claim, conditions, repeats, verdict }, style) {
  const of = ([part, whole]) => `${part} of ${whole}`;
  return [
    `"${claim}": ${verdict}`,
    table(
      ['gaps', 'two-peaked: full', 'distilled', 'small, no teacher', 'right by the claim, balanced'],
      conditions.map(({ title, full, distilled, small, right }) => [
        title,
        of(full),
        of(distilled),
        of(small),
        percent(right, 0),
      ]),
      style,
    ),
    `Two runs of one model agree on the number of peaks in ${of(repeats)} models.`,
  ].join('\n\n');
}
