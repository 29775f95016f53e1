import { summarize } from '../../../dist/esm/stats/summary.js';
import { auc } from './rival-table.mjs';

const mean = (values) => summarize(values).mean;

/**
 * What separates two groups of models, block by block: `a` and `b` are rows of { block, value }, and only blocks with both
 * count. Every value is taken relative to its block's mean of `b`, since levels differ between families more than between
 * versions. Null where no block has both.
 *
 * - changes: mean(a)/mean(b) − 1 of each block, in order; their median says most, as tiny levels give huge changes.
 * - d: Cohen's d over models, pooled standard deviation; null where a group has fewer than two models.
 * - auc: over pairs of one block, the chance that a model of `a` lies on the claimed side of one of `b`.
 * - signs: blocks whose change has the claimed sign.
 */
export function effect(a, b, sign) {
  const rows = [...new Set(a.map(({ block }) => block))].flatMap((block) => {
    const of = (group) => group.filter((row) => row.block === block).map(({ value }) => value);
    const [own, base] = [of(a), of(b)];
    return own.length === 0 || base.length === 0 ? [] : [{ own, base }];
  });
  if (rows.length === 0) return null;
  const relative = rows.map(({ own, base }) => ({
    own: own.map((value) => value / mean(base) - 1),
    base: base.map((value) => value / mean(base) - 1),
  }));
  const changes = relative.map(({ own }) => mean(own));
  const pairs = rows.map(({ own, base }) => own.length * base.length);
  const wins = rows.reduce((sum, { own, base }, i) => {
    const above = auc(own, base);
    return sum + pairs[i] * (sign > 0 ? above : 1 - above);
  }, 0);
  return {
    models: [rows.flatMap(({ own }) => own).length, rows.flatMap(({ base }) => base).length],
    changes: changes.toSorted((x, y) => x - y),
    d: cohen(
      relative.flatMap(({ own }) => own),
      relative.flatMap(({ base }) => base),
    ),
    auc: wins / pairs.reduce((sum, count) => sum + count, 0),
    signs: [changes.filter((change) => change * sign > 0).length, rows.length],
  };
}

function cohen(a, b) {
  if (a.length < 2 || b.length < 2) return null;
  const squares = (values) => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
  const pooled = Math.sqrt((squares(a) + squares(b)) / (a.length + b.length - 2));
  return pooled > 0 ? (mean(a) - mean(b)) / pooled : null;
}
