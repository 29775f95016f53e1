import type { Outcome, Reason, SignalResult, Verdict } from '../core/types.js';
import type { Blocker } from './blockers.js';
import type { Weighing } from './weigh.js';
import { whatWouldDecide } from './would-decide.js';

export interface Judgement {
  readonly weighing: Weighing;
  readonly blockers: readonly Blocker[];
  readonly outcome: Outcome;
  /** Versions that what was audited cannot tell from the claimed one: of its shape, or of an endpoint's tokenizer. */
  readonly twins?: readonly string[];
  readonly candidateKind?: string;
}

/** Votes below this many nats are not worth a sentence. */
const NOTABLE = 0.5;

/** Sentences in order of weight, and what would decide an open case. */
export function reasonsFor(
  { weighing, blockers, outcome, twins = [], candidateKind = 'onnx' }: Judgement,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
): Pick<Verdict, 'reasons' | 'against' | 'wouldDecide' | 'evasions'> {
  const weights = weighing.votes.map((vote) => ({
    ...vote,
    margin: (vote.vote[rival] ?? 0) - (vote.vote[claim] ?? 0),
  }));
  const notable = weights
    .filter(({ margin }) => Math.abs(margin) >= NOTABLE)
    .sort((a, b) => direction(outcome) * (b.margin - a.margin))
    .flatMap(({ signals: ids, margin }) => ids.flatMap((id) => sentence(signals, id, claim, rival, margin)));
  const spoke = weighing.votes.map(({ group }) => group);
  return {
    reasons: [...notable, ...(outcome === 'inconclusive' ? blockers.map(blockerReason) : [])],
    against: [],
    wouldDecide: (outcome === 'inconclusive'
      ? [...moreThan(twins, claim, candidateKind), ...whatWouldDecide(candidateKind, spoke)]
      : []
    ).map((sentence) => ({ sentence })),
    evasions: [],
  };
}

function moreThan(twins: readonly string[], claim: string, candidateKind: string): string[] {
  if (twins.length === 0) return [];
  const names = twins.map((id) => `"${id}"`).join(', ');
  return [
    candidateKind === 'endpoint' || candidateKind === 'log'
      ? `More than token counts: the tokenizer of "${claim}" is also that of ${names}. Behaviour beside a reference tells them apart.`
      : `More than shapes: those of "${claim}" are also those of ${names}. Digests, the weights themselves or behaviour tell them apart.`,
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
