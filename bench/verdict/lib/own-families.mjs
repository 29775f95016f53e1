import { resolve } from 'node:path';
import { familiesOf } from './zoo.mjs';

/** Options of a part of the bench that is run by itself; sealed families only when they are asked for. */
export const FAMILY_OPTIONS = {
  zoo: { type: 'string' },
  split: { type: 'string', default: 'build,calibration' },
  families: { type: 'string' },
};

export function chosenFamilies({ zoo, split, families }) {
  if (zoo === undefined) throw new Error('Give --zoo DIR, a folder of exported families.');
  const chosen = families?.split(',');
  const found = familiesOf(resolve(zoo), split.split(',')).filter(
    ({ name }) => chosen?.includes(name) ?? true,
  );
  if (found.length === 0) throw new Error(`${zoo} holds no such family of the split "${split}".`);
  return found;
}
