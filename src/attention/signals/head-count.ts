import type { Signal, VariantView } from '../../core/types.js';
import { candidateAttention, readAttention } from '../alignment.js';
import attentionStatistics, { type AttentionEvidence } from '../probes/attention-statistics.js';

/** Chance that an honest export shows other heads or layers than the model has; one quirk changes all, so it counts once. */
const EXPORT_ERROR = 1e-3;

interface Seen {
  readonly heads: readonly number[];
  /** Key/value heads of the layers that show them apart from the query heads. */
  readonly keyValueHeads: readonly number[];
  /** Layers, or what looks like some, that ran unmeasured. */
  readonly unmeasured: number;
}

/**
 * Claim: the layers and heads that really attend are as many as the claimed version has.
 * Method: layers that attend to their own stack, their query heads and key/value heads in a real run, against the
 * profile's facts or what a reference shows in a run. Layers that could not be measured accuse nobody: with some, fewer
 * layers than stated say nothing. Cross-attention and the encoder of an encoder–decoder are not counted. As many
 * key/value as query heads say nothing either: exporters repeat shared ones.
 * Source: attention is [batch, heads, queries, keys] (Vaswani et al. 2017, §3.2); shared key/value heads, Ainslie et al.
 * 2023 (arXiv 2305.13245).
 * Assumptions: a layer attends once, or a reference that attends twice was measured.
 * Error rates: set by policy (1e-3), not measured.
 * Evasion: duplicating heads changes no output; the log-probability signals are blind to it, the file size is not.
 */
const headCount: Signal = {
  id: 'head-count',
  title: 'Heads seen in a run',
  group: 'architecture',
  spoofing: 'costly',
  needs: [attentionStatistics],
  score: ({ candidate, variants }) => {
    const seen = headsOf(candidateAttention(candidate['attention-statistics']));
    const known = variants.filter(
      ({ facts }) => facts.attentionHeads !== undefined && facts.layers !== undefined,
    );
    if (known.length === 0) return { status: 'skipped', reason: 'the profile states no head count' };
    if (seen.heads.length === 0)
      return { status: 'skipped', reason: 'no layer that attends to its own stack was measured' };
    const stated = ({ facts }: VariantView): string =>
      `${facts.layers} layers with ${facts.attentionHeads} heads`;
    return {
      status: 'scored',
      observed: `${seen.heads.length} layers with ${[...new Set(seen.heads)].join('/')} heads${rest(seen)}`,
      expected: Object.fromEntries(
        known
          .filter(({ impliedBy }) => impliedBy === undefined)
          .map((variant) => [variant.id, stated(variant)]),
      ),
      // Says nothing about strangers: the architecture signal of this group already counts their shapes.
      logLikelihood: Object.fromEntries(
        known.map((variant) => {
          const runs = variants.find(({ id }) => id === variant.impliedBy)?.runs ?? variant.runs;
          return [variant.id, fits(seen, variant.facts, runs) ? 0 : Math.log(EXPORT_ERROR)];
        }),
      ),
      n: seen.heads.length,
      details: [
        { type: 'text', label: 'heads per layer', value: seen.heads.join(', ') },
        {
          type: 'text',
          label: 'key/value heads',
          value: [...new Set(seen.keyValueHeads)].join('/') || 'not shown apart',
        },
        { type: 'number', label: 'layers not measured', value: seen.unmeasured },
      ],
    };
  },
};
export default headCount;

function headsOf({ sites, unmeasured }: AttentionEvidence): Seen {
  const own = sites.filter(({ kind }) => kind === 'self');
  return {
    heads: own.map(({ heads }) => heads),
    keyValueHeads: own.flatMap(({ heads, keyValueHeads: shared }) =>
      shared === null || shared === heads ? [] : [shared],
    ),
    unmeasured: unmeasured.reduce((sum, { count }) => sum + count, 0),
  };
}

const rest = ({ unmeasured }: Seen): string => (unmeasured > 0 ? `, ${unmeasured} not measured` : '');

/** As the facts state, or as a reference ran: facts may come from a configuration that counts in another way. */
function fits(seen: Seen, facts: VariantView['facts'], runs: VariantView['runs']): boolean {
  const missing = seen.unmeasured > 0 && seen.heads.length < Number(facts.layers);
  const stated =
    (missing || facts.layers === seen.heads.length) &&
    seen.heads.every((count) => count === facts.attentionHeads) &&
    (facts.keyValueHeads === undefined || seen.keyValueHeads.every((count) => count === facts.keyValueHeads));
  return stated || runs.some(({ data }) => alike(seen, readAttention(data['attention-statistics'])));
}

function alike(seen: Seen, reference: AttentionEvidence | null): boolean {
  if (reference === null) return false;
  const { heads, keyValueHeads } = headsOf(reference);
  const comparable = seen.keyValueHeads.length > 0 && keyValueHeads.length > 0;
  return (
    heads.join() === seen.heads.join() && (!comparable || keyValueHeads.join() === seen.keyValueHeads.join())
  );
}
