// What genuine audits support of the most a group of signals may say, and what rests on reasons instead.
import { capOf } from '../../../dist/esm/verdict/groups.js';
import { genuine } from '../lib/audits.mjs';
import { number, table } from '../lib/text-table.mjs';

/** One-sided 95 % bound on the rate of what was never seen: this over the number of times one looked. */
const RULE_OF_THREE = 3;

/** Per group: the most nats any genuine audit showed against its own claim, and how small a rate of more than that so many audits can show. */
export function caps(rows, style) {
  const real = rows.filter(genuine);
  const groups = [...new Set(rows.flatMap((row) => Object.values(row.groups)))].sort();
  return table(
    [
      'group',
      'cap, nats',
      'genuine audits',
      'models',
      'most against the claim, nats',
      'cap that audits show',
      'that models show',
    ],
    groups.flatMap((group) => {
      const heard = real.flatMap((row) => {
        const nats = Object.entries(row.nats).flatMap(([id, value]) =>
          row.groups[id] === group ? [value] : [],
        );
        return nats.length === 0 ? [] : [{ row, worst: Math.max(0, ...nats) }];
      });
      if (heard.length === 0) return [];
      const models = new Set(heard.map(({ row }) => `${row.family} ${row.claim}`)).size;
      const worst = Math.max(...heard.map((each) => each.worst));
      const shown = (count) => number(Math.max(0, Math.log(count / RULE_OF_THREE)), 1);
      return [
        [group, capOf(group), heard.length, models, number(worst, 2), shown(heard.length), shown(models)],
      ];
    }),
    style,
  );
}
