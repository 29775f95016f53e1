import type { Remedy } from '../core/types.js';
import { coded, failuresOf } from './blocked-by.js';
import type { Blocker } from './blockers.js';
import type { Costs } from './costs.js';

/** What would take away what stands between a probable claim and its being upheld. */
export function liftBlockers(blockers: readonly Blocker[], costs?: Costs): Remedy[] {
  const facts = coded(blockers, 'contradiction').map(({ fact }) => fact);
  return [
    ...failedProbes(blockers, costs),
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

function failedProbes(blockers: readonly Blocker[], costs?: Costs): Remedy[] {
  return failuresOf(blockers).map(({ error, probes, named }) => {
    const to = probes.length === 1 ? 'run to its end: it' : 'run to their end: they';
    return { sentence: `The ${named} ${to} failed with ${error}.`, ...costs?.of(probes) };
  });
}
