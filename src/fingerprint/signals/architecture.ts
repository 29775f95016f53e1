import type { Architecture, Detail, FactValue, Signal, VariantView } from '../../core/types.js';
import { IDENTITY_FACTS, type IdentityFact } from '../facts.js';
import architectureProbe from '../probes/architecture.js';

/** Chance that a shape read from the graph is misread or an honest export differs in it. */
const SHAPE_ERROR = 1e-3;
/** config.json is a claim: honest deliveries with a wrong one exist. */
const CONFIG_ERROR = 5e-2;
/** Share of unrelated models that copy a known architecture outright, when the profile has no strangers to count. */
const SAME_SHAPE_BY_CHANCE = 0.1;

/**
 * Claim: layers, width, heads and vocabulary of the claimed version are those of the candidate.
 * Method: facts read from cache and attention shapes, fused operators and the embedding; config.json only
 * where the graph is silent. Each contradicted shape costs the version a factor of its error rate, and config.json
 * one factor however many of its values differ.
 * Source: the exported graph (ONNX IR) and Hugging Face config.json keys.
 * Assumptions: an honest export keeps these numbers.
 * Error rates: set by policy (1e-3 per shape, 5e-2 for config.json), not measured.
 * Evasion: an impostor of the same shape passes; padding a small model to shape passes. A match therefore
 * never acquits alone.
 */
const architecture: Signal = {
  id: 'architecture',
  title: 'Architecture',
  group: 'architecture',
  spoofing: 'trivial',
  needs: [architectureProbe],
  score: ({ candidate, variants, strangers }) => {
    const seen = candidate.architecture as Architecture;
    const known = IDENTITY_FACTS.filter((name) => seen[name] !== null);
    if (known.length === 0)
      return { status: 'skipped', reason: 'neither the graph nor config.json shows a transformer' };
    const scores = variants.map((variant) => ({ variant, logs: mismatches(seen, variant, known) }));
    const fits = scores.some(
      ({ variant, logs }) => logs.length === 0 && Object.keys(variant.facts).length > 0,
    );
    return {
      status: 'scored',
      observed: describe(known.map((name) => [name, seen[name]?.value] as const)),
      expected: Object.fromEntries(
        variants
          .filter(({ impliedBy }) => impliedBy === undefined)
          .map(({ id, facts }) => [id, describe(known.map((name) => [name, facts[name]] as const))]),
      ),
      logLikelihood: {
        ...Object.fromEntries(
          scores.map(({ variant, logs }) => [variant.id, logs.reduce((sum, log) => sum + log, 0)]),
        ),
        other: fits ? Math.log(sameShapeShare(variants, strangers)) : 0,
      },
      n: known.length,
      details: known.map(
        (name): Detail => ({
          type: 'text',
          label: name,
          value: `${seen[name]?.value} (from ${seen[name]?.from})`,
        }),
      ),
    };
  },
};
export default architecture;

/** Laplace's rule over the strangers in the profile: how often an unrelated model has the shape of a variant. */
function sameShapeShare(variants: readonly VariantView[], strangers: readonly VariantView[]): number {
  const shapes = new Map(
    strangers.flatMap(({ runs }) =>
      runs.map(({ artifact, data }) => [artifact, data.architecture as Architecture]),
    ),
  );
  if (shapes.size === 0) return SAME_SHAPE_BY_CHANCE;
  const alike = [...shapes.values()].filter((shape) =>
    variants.some((variant) => mismatches(shape, variant, IDENTITY_FACTS).length === 0),
  );
  return (alike.length + 1) / (shapes.size + 2);
}

/** One log error rate per contradicted shape, and one for config.json: a wrong file is one mistake, however much it gets wrong. */
function mismatches(seen: Architecture, { facts }: VariantView, known: readonly IdentityFact[]): number[] {
  const different = known.flatMap((name) => {
    const fact = seen[name];
    return fact && facts[name] !== undefined && facts[name] !== fact.value ? [fact] : [];
  });
  const shapes = different.filter(({ from }) => from !== 'config').map(() => Math.log(SHAPE_ERROR));
  return shapes.length < different.length ? [...shapes, Math.log(CONFIG_ERROR)] : shapes;
}

const UNIT: Readonly<Record<IdentityFact, (value: FactValue) => string>> = {
  layers: (value) => `${value} layers`,
  hiddenSize: (value) => `width ${value}`,
  attentionHeads: (value) => `${value} heads`,
  keyValueHeads: (value) => `${value} KV heads`,
  headDim: (value) => `head size ${value}`,
  vocabSize: (value) => `vocabulary ${value}`,
};

function describe(pairs: readonly (readonly [IdentityFact, FactValue | undefined])[]): string {
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [UNIT[name](value)])).join(', ');
}
