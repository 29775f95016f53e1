import { auc } from './auc.mjs';
import { cohensD } from './cohens-d.mjs';

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * What separates two groups of models, block by block: `a` and `b` are rows of { block, value }, and only blocks with both
 * count. Every value is taken relative to its block's mean of `b`, since levels differ between families more than between
 * versions. Null where no block has both.
 *
 * - changes: mean(a)/mean(b) − 1 of each block, in order; their median says most, as tiny levels give huge changes.
 * - d: Cohen's d over models; NaN where a group has fewer than two.
 * - auc: over pairs of one block, the chance that a model of `a` lies on the claimed side of one of `b`.
 * - signs: blocks whose change has the claimed sign.
 */
export function effect(a, b, sign) {
  const blocks = [...new Set(a.map(({ block }) => block))].flatMap((block) => {
    const of = (group) => group.filter((row) => row.block === block).map(({ value }) => value);
    const [own, base] = [of(a), of(b)];
    return own.length === 0 || base.length === 0 ? [] : [{ own, base }];
  });
  if (blocks.length === 0) return null;
  const relative = (group) =>
    blocks.map((block) => block[group].map((value) => value / mean(block.base) - 1));
  const [own, base] = [relative('own'), relative('base')];
  const pairs = blocks.map((block) => block.own.length * block.base.length);
  const wins = blocks.reduce((sum, block, i) => {
    const above = auc(block.base, block.own);
    return sum + pairs[i] * (sign > 0 ? above : 1 - above);
  }, 0);
  const changes = own.map(mean).sort((x, y) => x - y);
  return {
    models: [own.flat().length, base.flat().length],
    changes,
    d: cohensD(base.flat(), own.flat()),
    auc: wins / pairs.reduce((sum, count) => sum + count, 0),
    signs: [changes.filter((change) => change * sign > 0).length, changes.length],
  };
}
