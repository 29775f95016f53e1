// Families of the zoo, which split each belongs to, and what every member is when a full model is claimed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const KINDS = ['full', 'distilled', 'quantized', 'pruned', 'finetuned', 'other'];

/** Signals were designed on `build` and their noise fitted on `calibration`; `sealed` is looked at by this bench only. */
export const SPLIT = {
  quill: 'build',
  folio: 'build',
  verse: 'calibration',
  ledger: 'calibration',
  harbor: 'calibration',
  almanac: 'calibration',
  motet: 'calibration',
  stanza: 'sealed',
  gazette: 'sealed',
  psalter: 'sealed',
  canticle: 'sealed',
  docket: 'sealed',
};

/** Families of some splits that a zoo folder holds. */
export function familiesOf(zoo, splits) {
  return Object.keys(SPLIT)
    .filter((name) => splits.includes(SPLIT[name]) && existsSync(join(zoo, name, 'index.json')))
    .map((name) => family(zoo, name));
}

function family(zoo, name) {
  const members = JSON.parse(readFileSync(join(zoo, name, 'index.json'), 'utf8')).map((row) => ({
    ...row,
    path: join(zoo, name, row.folder),
  }));
  return { name, split: SPLIT[name], members };
}

/** Full models that a seller could claim: trained from scratch and exported as trained. */
export function claimsOf({ members }) {
  return members.filter(({ kind, how }) => kind === 'full' && how !== 'export');
}

/** What a member is when `claim` was claimed. `how` names the way it was made, `export` for other forms of the claim. */
export function truthOf(member, claim) {
  if (member.name === claim.name) return { kind: 'full', how: 'same file' };
  if (member.of === claim.name) return { kind: member.kind, how: member.how };
  if (member.of === null) return { kind: 'other', how: member.how };
  if (member.kind === 'full') return { kind: 'other', how: 'another seed' };
  return { kind: 'other', how: `${member.kind}, of another seed` };
}
