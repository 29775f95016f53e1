import type { Detail, Signal, VariantView } from '../../core/types.js';
import { confirmedByAnswers } from '../lineage/answers.js';
import { detailsOf, phrase, related, relationsByVariant } from '../lineage/by-variant.js';
import { MIN_EFFECT, type Relation } from '../lineage/relation.js';
import lineageProbe from '../probes/lineage.js';
import logProbabilities from '../probes/log-probabilities.js';

/*
 * Shares of candidates of a kind that are found in a relation, as natural logarithms; policy where no reason names a
 * measurement.
 */
/** A descendant that shares nothing: none of the measured ones did, and training until nothing is left costs a training. */
const MISSED = Math.log(1e-4);
/** A stranger that descends: 0 of 2,760 pairs; 4 independent conditions would have to fail together. */
const FALSE_ALARM = Math.log(1e-6);
/** Few neurons agree though something else does: descendants had 54 % and more, models taught alike up to 10 %. */
const UNCLEAR = Math.log(1e-2);
/** A student that starts from its teacher's layers descends from it. */
const INHERITED = Math.log(0.1);
/** Weights of an untouched copy are where the reference has them, unless an exporter rearranged what ours cannot undo. */
const REARRANGED = Math.log(1e-2);
/** Tuning and zeroing leave weights in their places; who hides either may rearrange them as well. */
const HIDDEN = Math.log(0.1);

const PROVES_NOTHING =
  'Independent weights do not show whether the candidate was distilled: a student that starts from its own ' +
  'initialization shares no weights with its teacher.';

/**
 * Claim: weights descend from a reference's, or have nothing in common with them, whatever was permuted, rotated, scaled,
 * rounded, pruned, tuned or left out since.
 * Method: the neurons of each sampled MLP with the largest product of weight norms are described by inner products with
 * shared anchor tokens, once per matrix; a neuron of one model that two matrices send to the same neuron of the other
 * counts. Poisson tail with the expectation paid for neurons named often, the search for the layer paid for, Fisher over
 * layers, Holm over references. Descended needs p < 1e-6, 15 % of neurons beyond chance and CKA ≥ 0.2 of attention in
 * anchor-aligned frames; independent means p above that, whatever CKA, which models taught alike share up to 0.5; anything
 * between is inconclusive, and speaks against descent no more than once in a hundred. Independence speaks against a reference
 * once in a thousand, and in ten thousand where log-probabilities were compared and moved by 0.05 nats.
 * Source: agreement of two descriptions as in MATCH (Zhu et al. 2025, arXiv 2502.12292); uCKA of projections as in AWM
 * (arXiv 2510.06738), here after an orthogonal Procrustes alignment to the anchors.
 * Assumptions: 32 anchor tokens are shared, by string or, in vocabularies of one size, by id.
 * Error rates: of 1,574 pairs of small models that share no weights none was called descended; 3.0 % had p < 0.05, and one,
 * a student and its teacher, p = 1e-7 with 4 % of neurons and CKA 0.33, which is inconclusive. Descendants had 54 % and
 * more (scripts/lineage-power.mjs). The least share of neurons was chosen on these; of 1,186 pairs with 21 models trained
 * afterwards none was called descended either, with 6 % at most. No large model was measured.
 * Evasion: training until nothing is left. A student from its own initialization is independent, as any unrelated model
 * is: this signal never says that a model was distilled, and never that it was not.
 */
const lineage: Signal = {
  id: 'lineage',
  title: 'Descent of the weights',
  group: 'lineage',
  spoofing: 'costly',
  needs: [lineageProbe],
  wants: [logProbabilities],
  score: (input) => {
    const found = relationsByVariant(input);
    const confirmed = confirmedByAnswers(input);
    const known = new Map(
      found.flatMap(({ variant, relation }): [string, Relation][] =>
        tells(relation) ? [[variant.id, relation]] : [],
      ),
    );
    if (known.size === 0) return { status: 'skipped', reason: whyNot(found.length) };
    const descends = [...known.values()].some(related);
    const ofStranger = input.strangers.some(({ id }) => {
      const relation = known.get(id);
      return relation !== undefined && related(relation);
    });
    const note: Detail[] = descends
      ? []
      : [{ type: 'text', label: 'what this leaves open', value: PROVES_NOTHING }];
    return {
      status: 'scored',
      observed: found.map(({ variant, relation }) => `${phrase(relation)} (${variant.id})`).join('; '),
      expected: Object.fromEntries(
        input.variants
          .filter(({ id, impliedBy }) => impliedBy === undefined && known.has(id))
          .map(({ id, kind }) => [id, kind === 'distilled' ? 'any' : 'descended or the same']),
      ),
      logLikelihood: {
        ...Object.fromEntries(
          input.variants.flatMap((variant): [string, number][] => {
            const log = likelihood(variant, known.get(variant.impliedBy ?? variant.id), descends);
            return log === null ? [] : [[variant.id, confirmed(variant, log)]];
          }),
        ),
        other: descends && !ofStranger ? FALSE_ALARM : 0,
      },
      n: Math.max(...found.map(({ relation }) => relation.neurons?.blocks.length ?? 0)),
      details: [...found.flatMap(detailsOf), ...note],
    };
  },
};
export default lineage;

/** Whether neurons could be compared; where many agree and attention does not, nobody knows what it means. */
function tells({ kind, neurons }: Relation): boolean {
  return kind !== 'inconclusive' || (neurons !== null && neurons.effect < MIN_EFFECT);
}

/** Null where the relation says nothing of a hypothesis. A student's weights are its own: it may descend or not. */
function likelihood(
  { kind, impliedBy }: VariantView,
  relation: Relation | undefined,
  descends: boolean,
): number | null {
  if (relation === undefined) return null;
  if (kind === 'distilled') {
    const student = related(relation) && (impliedBy === undefined || relation.kind === 'reduced');
    return student || !descends ? 0 : INHERITED;
  }
  if (!related(relation)) return relation.kind === 'independent' ? MISSED : UNCLEAR;
  if (relation.kind !== 'rearranged') return 0;
  if (impliedBy === undefined) return REARRANGED;
  return kind === 'finetuned' || (kind === 'pruned' && !relation.smaller) ? HIDDEN : 0;
}

function whyNot(references: number): string {
  return references === 0
    ? 'no reference holds a fingerprint of its weights'
    : 'too few anchor tokens or matrices are shared with the references to tell descent';
}
