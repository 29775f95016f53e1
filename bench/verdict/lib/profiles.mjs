// The profile a buyer would have, put together from cached measurements as buildProfile puts them together.
import { plainFacts } from '../../../dist/esm/fingerprint/facts.js';
import { SIGNALS } from '../../../dist/esm/index.js';
import { assembleProfile } from '../../../dist/esm/profile/build.js';
import { REFERENCE_RUNS } from './evidence.mjs';
import { claimsOf } from './zoo.mjs';

export const SCENARIOS = ['reference', 'informed'];

/**
 * Trusted references of a claim. `reference`: one full export. `informed`: also strangers (in turn another seed and a small model
 * without a teacher) and one student of another seed. Never the candidate itself, nor a stranger that it was made from.
 */
export function referencesOf(family, claim, candidate, scenario, strangers = 2) {
  const full = { variant: claim.name, kind: 'full', member: claim };
  if (scenario === 'reference') return [full];
  const free = ({ name }) => name !== candidate.name && name !== candidate.of;
  const { members } = family;
  const seeds = claimsOf(family).filter(({ name }) => name !== claim.name && free({ name }));
  const small = members.filter(
    (row) => row.kind === 'other' && row.of === null && row.how === 'scratch' && free(row),
  );
  const inTurn = Array.from({ length: strangers }, (_, at) => [seeds, small][at % 2][at >> 1]);
  const students = members.filter(
    (row) => row.kind === 'distilled' && row.of === claim.name && row.form === 'float32',
  );
  return [
    full,
    ...students
      .filter(free)
      .slice(0, 1)
      .map((member) => ({ variant: 'student', kind: 'distilled', member })),
    ...inTurn
      .filter(Boolean)
      .map((member) => ({ variant: `stranger ${member.name}`, kind: 'other', member })),
  ];
}

export class Profiles {
  #store;
  #strangers;
  #built = new Map();

  constructor(store, { strangers } = {}) {
    this.#store = store;
    this.#strangers = strangers;
  }

  /** One profile object per set of references, so that whoever remembers scores by profile can tell them apart. */
  async of(family, claim, candidate, scenario) {
    const references = referencesOf(family, claim, candidate, scenario, this.#strangers);
    const key = [family.name, ...references.map(({ variant, member }) => `${variant}=${member.name}`)].join(
      ' ',
    );
    const known = this.#built.get(key) ?? this.#build(key, references);
    this.#built.set(key, known);
    return known;
  }

  async #build(id, references) {
    const measured = [];
    for (const { variant, kind, member } of references) {
      for (const run of REFERENCE_RUNS) {
        const evidence = await this.#store.get(member.path, run);
        measured.push({ variant, kind, evidence, facts: plainFacts(evidence.probes.architecture.data) });
      }
    }
    return assembleProfile(id, measured, SIGNALS);
  }
}
