import type { Remedy } from '../core/types.js';
import type { Blocker } from './blockers.js';
import type { Costs } from './costs.js';

type Coded<Code extends Blocker['code']> = Extract<Blocker, { code: Code }>;

function coded<Code extends Blocker['code']>(blockers: readonly Blocker[], code: Code): Coded<Code>[] {
  return blockers.filter((blocker): blocker is Coded<Code> => blocker.code === code);
}

/** What would take away what stands between a probable claim and its being upheld. */
export function liftBlockers(blockers: readonly Blocker[], costs?: Costs): Remedy[] {
  const facts = coded(blockers, 'contradiction').map(({ fact }) => fact);
  return [
    ...failedProbes(coded(blockers, 'probe-failed'), costs),
    ...(facts.length === 0
      ? []
      : [{ sentence: `A delivery that agrees with itself about ${facts.join(', ')}.` }]),
    ...coded(blockers, 'release-differs').map(({ source }) => ({
      sentence: `Every file of the release as its publisher has it (source ${source}).`,
    })),
    ...(coded(blockers, 'label').length === 0
      ? []
      : [{ sentence: 'A delivery whose labels say what its tensors hold.' }]),
    ...(coded(blockers, 'manifest-differs').length === 0
      ? []
      : [{ sentence: 'Every file as the list of digests has it, and no weight file besides.' }]),
    ...(coded(blockers, 'signature-invalid').length === 0
      ? []
      : [{ sentence: 'The key that signed the answers, or answers that nobody changed on their way.' }]),
  ];
}

/** One cause usually stops several probes. */
function failedProbes(failed: readonly Coded<'probe-failed'>[], costs?: Costs): Remedy[] {
  const errors = [...new Set(failed.map(({ error }) => error))];
  return errors.map((error) => {
    const probes = failed.filter((blocker) => blocker.error === error).map(({ probe }) => probe);
    const [last = '', ...others] = [...probes].reverse();
    const named =
      others.length === 0
        ? `The ${last} probe run to its end: it`
        : `The ${others.reverse().join(', ')} and ${last} probes run to their end: they`;
    return { sentence: `${named} failed with ${error}.`, ...costs?.of(probes) };
  });
}
