import type { Signal } from '../../core/types.js';
import attentionStatistics, { type AttentionEvidence } from '../probes/attention-statistics.js';

/** Chance that an honest export returns other heads or layers than the model has; one quirk changes both, so it counts once. */
const EXPORT_ERROR = 1e-3;

/**
 * Claim: the heads that really attend are as many as the claimed version has.
 * Method: second axis of the attention outputs of a real run, per layer, against the profile's facts.
 * Source: attention is [batch, heads, queries, keys] (Vaswani et al. 2017, §3.2).
 * Assumptions: the export returns every layer once.
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
    const { headCount: heads, layers } = candidate['attention-statistics'] as AttentionEvidence;
    const known = variants.filter(
      ({ facts }) => facts.attentionHeads !== undefined && facts.layers !== undefined,
    );
    if (known.length === 0) return { status: 'skipped', reason: 'the profile states no head count' };
    const differs = ({ facts }: (typeof known)[number]): boolean =>
      facts.layers !== layers || heads.some((count) => count !== facts.attentionHeads);
    return {
      status: 'scored',
      observed: `${layers} layers with ${[...new Set(heads)].join('/')} heads`,
      expected: Object.fromEntries(
        known
          .filter(({ impliedBy }) => impliedBy === undefined)
          .map(({ id, facts }) => [id, `${facts.layers} layers with ${facts.attentionHeads} heads`]),
      ),
      // Says nothing about strangers: the architecture signal of this group already counts their shapes.
      logLikelihood: Object.fromEntries(
        known.map((variant) => [variant.id, differs(variant) ? Math.log(EXPORT_ERROR) : 0]),
      ),
      n: layers,
      details: [{ type: 'text', label: 'heads per layer', value: heads.join(', ') }],
    };
  },
};
export default headCount;
