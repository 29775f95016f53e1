import type { Signal, VariantView } from '../../core/types.js';
import logProbabilities, { type LogProbabilities } from '../probes/log-probabilities.js';

/** Chance that an honest delivery tokenizes a passage differently: a repaired or re-exported tokenizer. */
const CHANGED_TOKENIZER = 1e-2;
/** Chance that a student has another tokenizer than its teacher: learning from logits needs the same. */
const STUDENT_OF_OTHER_TOKENIZER = 5e-2;
/** Unrelated models share a tokenizer half the time; always, when a stranger in the profile does. */
const SHARED_BY_CHANCE = 0.5;

/**
 * Claim: the candidate cuts text into the same tokens as the claimed version.
 * Method: token ids of the suite's passages, compared over their common length.
 * Source: the delivery's tokenizer.json, run by the tokenizers library.
 * Assumptions: one tokenizer per version.
 * Error rates: set by policy (1e-2; 5e-2 for a student of another tokenizer than its teacher's), not measured.
 * Evasion: shipping the genuine tokenizer.json with other weights; the log-probabilities then make no sense.
 */
const tokenization: Signal = {
  id: 'tokenization',
  title: 'Tokenization',
  group: 'tokenizer',
  spoofing: 'trivial',
  needs: [logProbabilities],
  score: ({ candidate, variants, strangers }) => {
    const seen = candidate['log-probabilities'] as LogProbabilities;
    const shareOf = ({ runs }: VariantView): number =>
      Math.max(...runs.map(({ data }) => sameShare(seen, data['log-probabilities'] as LogProbabilities)), -1);
    const shares = variants.map((variant) => [variant.id, shareOf(variant)] as const);
    const measured = shares.filter(([, share]) => share >= 0);
    const known = new Map(measured);
    if (measured.length === 0)
      return { status: 'skipped', reason: 'no reference run scored the same passages' };
    const best = Math.max(...measured.map(([, share]) => share));
    return {
      status: 'scored',
      observed: `${(100 * best).toFixed(0)} % of passages as in a reference`,
      expected: Object.fromEntries(measured.map(([id]) => [id, '100 %'])),
      logLikelihood: {
        ...Object.fromEntries(
          variants.flatMap(({ id, kind, impliedBy }): [string, number][] => {
            const share = known.get(impliedBy ?? id);
            if (share === undefined) return [];
            const student = kind === 'distilled' && impliedBy !== undefined;
            const error = student ? STUDENT_OF_OTHER_TOKENIZER : CHANGED_TOKENIZER;
            return [[id, (1 - share) * Math.log(error)]];
          }),
        ),
        other:
          best === 1 && !strangers.some((stranger) => shareOf(stranger) === 1)
            ? Math.log(SHARED_BY_CHANCE)
            : 0,
      },
      n: seen.texts.length,
      details: measured.map(([id, value]) => ({
        type: 'number',
        label: `passages tokenized as in ${id}`,
        value: 100 * value,
        unit: '%',
      })),
    };
  },
};
export default tokenization;

function sameShare(a: LogProbabilities, b: LogProbabilities): number {
  const theirs = new Map(b.texts.map(({ id, ids }) => [id, ids]));
  const common = a.texts.filter(({ id }) => theirs.has(id));
  if (common.length === 0) return -1;
  const same = common.filter(({ id, ids }) => {
    const other = theirs.get(id) ?? [];
    return ids.slice(0, other.length).every((token, i) => token === other[i]);
  });
  return same.length / common.length;
}
