import { auc } from '../lib/auc.mjs';
import { genuine } from '../lib/audits.mjs';
import { cohensD } from '../lib/cohens-d.mjs';
import { number, table } from '../lib/text-table.mjs';
import { KINDS } from '../lib/zoo.mjs';

/** Per signal: how well its nats against the claim tell each kind from genuine audits, as AUC and Cohen's d. */
export function signals(rows, style) {
  const real = rows.filter(genuine);
  const kinds = KINDS.filter((kind) => kind !== 'full');
  const names = [...new Set(rows.flatMap(({ nats }) => Object.keys(nats)))].sort();
  const values = (some, name) => some.flatMap(({ nats }) => nats[name] ?? []);
  return table(
    ['signal', 'genuine audits', ...kinds],
    names.flatMap((name) => {
      const low = values(real, name);
      if (low.length === 0) return [];
      const cells = kinds.map((kind) => {
        const high = values(
          rows.filter(({ truth }) => truth.kind === kind),
          name,
        );
        return high.length === 0 ? '–' : `${number(auc(low, high), 3)} (${effect(cohensD(low, high))})`;
      });
      return [[name, low.length, ...cells]];
    }),
    style,
  );
}

const effect = (d) =>
  d === Number.POSITIVE_INFINITY ? '∞' : d === Number.NEGATIVE_INFINITY ? '−∞' : number(d, 1);
