import type { Architecture, Detail, Signal, VariantView } from '../../core/types.js';
import { IDENTITY_FACTS, type IdentityFact } from '../facts.js';
import architectureProbe from '../probes/architecture.js';

/** Chance that a shape read from the graph is misread or an honest export differs in it. */
const SHAPE_ERROR = 1e-3;
/** config.json is a claim: honest deliveries with a wrong one exist. */
const CONFIG_ERROR = 5e-2;
/** Share of unrelated models that copy a known architecture outright. */
const SAME_SHAPE_BY_CHANCE = 0.1;

/**
 * Claim: layers, width, heads and vocabulary of the claimed version are those of the candidate.
 * Method: facts read from cache and attention shapes, fused operators and the embedding; config.json only
 * where the graph is silent. Each contradicted fact costs the version a factor of its error rate.
 * Source: the exported graph (ONNX IR) and Hugging Face config.json keys.
 * Assumptions: an honest export keeps these numbers.
 * Error rates: set by policy (1e-3 per shape, 5e-2 per config value), not measured.
 * Evasion: an impostor of the same shape passes; padding a small model to shape passes. A match therefore
 * never acquits alone.
 */
const architecture: Signal = {
  id: 'architecture',
  title: 'Architecture',
  group: 'architecture',
  spoofing: 'trivial',
  needs: [architectureProbe],
  score: ({ candidate, variants }) => {
    const seen = candidate['architecture'] as Architecture;
    const known = IDENTITY_FACTS.filter((name) => seen[name] !== null);
    if (known.length === 0) return { status: 'skipped', reason: 'neither the graph nor config.json shows a transformer' };
    const scores = variants.map((variant) => ({ variant, logs: mismatches(seen, variant, known) }));
    const fits = scores.some(({ logs }) => logs.length === 0);
    return {
      status: 'scored',
      observed: describe(known.map((name) => [name, seen[name]?.value])),
      expected: Object.fromEntries(
        variants.map(({ id, facts }) => [id, describe(known.map((name) => [name, facts[name]]))]),
      ),
      logLikelihood: {
        ...Object.fromEntries(scores.map(({ variant, logs }) => [variant.id, logs.reduce((sum, log) => sum + log, 0)])),
        other: fits ? Math.log(SAME_SHAPE_BY_CHANCE) : 0,
      },
      n: known.length,
      details: known.map((name): Detail => ({ type: 'text', label: name, value: `${seen[name]?.value} (from ${seen[name]?.from})` })),
    };
  },
};
export default architecture;

function mismatches(seen: Architecture, { facts }: VariantView, known: readonly IdentityFact[]): number[] {
  return known.flatMap((name) => {
    const fact = seen[name];
    if (!fact || facts[name] === undefined || facts[name] === fact.value) return [];
    return [Math.log(fact.from === 'config' ? CONFIG_ERROR : SHAPE_ERROR)];
  });
}

function describe(pairs: readonly (readonly [string, number | string | undefined])[]): string {
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
