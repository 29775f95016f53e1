import type { Outcome, Reason, SignalResult } from '../core/types.js';
import type { Blocker } from './blockers.js';
import type { Weighing } from './weigh.js';

export interface Judgement {
  readonly weighing: Weighing;
  readonly blockers: readonly Blocker[];
  readonly outcome: Outcome;
  /** Versions that have every shape of the claimed one. */
  readonly twins?: readonly string[];
}

/** Votes below this many nats are not worth a sentence. */
const NOTABLE = 0.5;

/** What each group of evidence would need, when it is missing and the case is open. */
const WOULD_DECIDE: Readonly<Record<string, string>> = {
  identity: 'The publisher’s SHA-256 digests of these exact files: equal digests prove the version.',
  'log-probabilities':
    'Log-probabilities of the suite’s passages: a runnable model with logits, its tokenizer.json, and references with the same tokenizer.',
  lineage:
    'The weight matrices: they show which public model they derive from, where the profile holds its fingerprint.',
  architecture: 'Layer and head counts from the graph or a matching config.json.',
  precision: 'A model file whose weight matrices can be read.',
};

/** Sentences in order of weight, and what would decide an open case. */
export function reasonsFor(
  { weighing, blockers, outcome, twins = [] }: Judgement,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
): { reasons: Reason[]; wouldDecide: string[] } {
  const weights = weighing.votes.map((vote) => ({
    ...vote,
    margin: (vote.vote[rival] ?? 0) - (vote.vote[claim] ?? 0),
  }));
  const notable = weights
    .filter(({ margin }) => Math.abs(margin) >= NOTABLE)
    .sort((a, b) => direction(outcome) * (b.margin - a.margin))
    .flatMap(({ signals: ids, margin }) => ids.flatMap((id) => sentence(signals, id, claim, rival, margin)));
  const silent = Object.keys(WOULD_DECIDE).filter(
    (group) => !weighing.votes.some((vote) => vote.group === group),
  );
  return {
    reasons: [...notable, ...(outcome === 'inconclusive' ? blockers.map(blockerReason) : [])],
    wouldDecide:
      outcome === 'inconclusive'
        ? [...shapeTwins(twins, claim), ...silent.flatMap((group) => WOULD_DECIDE[group] ?? [])]
        : [],
  };
}

function shapeTwins(twins: readonly string[], claim: string): string[] {
  if (twins.length === 0) return [];
  const names = twins.map((id) => `"${id}"`).join(', ');
  return [
    `More than shapes: those of "${claim}" are also those of ${names}. Digests, the weights themselves or behaviour tell them apart.`,
  ];
}

/** Evidence for the verdict first: against the claim when it is refuted, for it when it is upheld. */
function direction(outcome: Outcome): 1 | -1 {
  return outcome === 'upheld' ? -1 : 1;
}

function sentence(
  signals: readonly SignalResult[],
  id: string,
  claim: string,
  rival: string,
  margin: number,
): Reason[] {
  const result = signals.find((signal) => signal.id === id);
  if (result?.status !== 'scored') return [];
  const side = `${result.title}, ${margin > 0 ? 'against' : 'for'} "${claim}"`;
  const expected = result.expected[claim] ? `; "${claim}" shows ${result.expected[claim]}` : '';
  const rivals = margin > 0 && result.expected[rival] ? `; "${rival}" shows ${result.expected[rival]}` : '';
  return [{ signal: id, sentence: `${side}: observed ${result.observed}${expected}${rivals}.` }];
}

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

function blockerReason(blocker: Blocker): Reason {
  switch (blocker.code) {
    case 'probe-failed':
      return {
        signal: blocker.probe,
        sentence: `The ${blocker.probe} probe failed (${blocker.error}), so the claim is not upheld.`,
      };
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
