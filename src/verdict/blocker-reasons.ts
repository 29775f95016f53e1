import type { Reason } from '../core/types.js';
import { failuresOf } from './blocked-by.js';
import type { Blocker } from './blockers.js';

/** Names listed in a sentence; reports hold the rest. */
const MAX_NAMES = 5;

function someOf(names: readonly string[]): string {
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return `${names.slice(0, MAX_NAMES).join(', ')}${more}`;
}

function manifestParts({ changed, missing, extra }: Extract<Blocker, { code: 'manifest-differs' }>): string {
  return [
    ...(changed.length > 0 ? [`changed ${someOf(changed)}`] : []),
    ...(missing.length > 0 ? [`missing ${someOf(missing)}`] : []),
    ...(extra > 0 ? [`${extra} weight files not listed`] : []),
  ].join('; ');
}

function rest({ names, unlisted }: Extract<Blocker, { code: 'release-differs' }>): string {
  const listed = names.length > 0 ? `; not so ${someOf(names)}` : '';
  return unlisted > 0 ? `${listed}; ${unlisted} weight files are not part of that release` : listed;
}

/** Why an open claim is not upheld, however probable it is. */
export function blockerReasons(blockers: readonly Blocker[]): Reason[] {
  const failed = failuresOf(blockers).map(({ error, probes: [signal = ''], named }) => ({
    signal,
    sentence: `The ${named} failed (${error}), so the claim is not upheld.`,
  }));
  const others = blockers.flatMap((blocker) => (blocker.code === 'probe-failed' ? [] : [reasonOf(blocker)]));
  return [...failed, ...others];
}

function reasonOf(blocker: Exclude<Blocker, { code: 'probe-failed' }>): Reason {
  switch (blocker.code) {
    case 'contradiction':
      return {
        signal: blocker.probe,
        sentence: `MODEL_CONTRADICTION: the delivery disagrees with itself about ${blocker.fact} (${blocker.values}).`,
      };
    case 'release-differs':
      return {
        signal: 'release-files',
        sentence: `RELEASE_DIFFERS: ${blocker.equal} of ${blocker.files} weight files match published digests (source ${blocker.source})${rest(blocker)}, so the claim is not upheld.`,
      };
    case 'label':
      return {
        signal: 'quantization',
        sentence: `LABEL_CONTRADICTED: the ${blocker.source} says ${blocker.label}, the tensors hold ${blocker.found}; so the claim is not upheld.`,
      };
    case 'manifest-differs':
      return {
        signal: 'files',
        sentence: `MANIFEST_DIFFERS: the delivery is not as the list of digests has it: ${manifestParts(blocker)}. So the claim is not upheld.`,
      };
    case 'signature-invalid':
      return {
        signal: 'response-signature',
        sentence: `SIGNATURE_INVALID: the signatures of ${blocker.answers} answers do not fit their bytes and the given key, so the claim is not upheld.`,
      };
    case 'only-cheap-evidence':
      return {
        signal: 'verdict',
        sentence: 'Nothing that is costly to fake speaks for the claim, so it is not upheld.',
      };
  }
}
