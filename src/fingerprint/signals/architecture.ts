import { partOf } from '../../core/implied.js';
import type { Architecture, Detail, Signal, VariantView } from '../../core/types.js';
import {
  COMPARED_FACTS,
  compareFacts,
  type Difference,
  describeDifferences,
  describeFacts,
  type SeenFacts,
  seenFacts,
} from '../compared-facts.js';
import architectureProbe from '../probes/architecture.js';
import { differentShards, impliedShards, sameShards } from '../shards.js';
import { describeTotals, differentTotals } from '../totals.js';

/** Chance that a shape read from the graph is misread or an honest export differs in it. */
const SHAPE_ERROR = 1e-3;
/** config.json is a claim: honest deliveries with a wrong one exist. */
const CONFIG_ERROR = 5e-2;
/** Share of unrelated models that copy a known architecture outright, when the profile has no strangers to count. */
const SAME_SHAPE_BY_CHANCE = 0.1;

/**
 * Claim: layers, width, heads, feed-forward, experts, latent attention and vocabulary of the claimed version are
 * those of the candidate.
 * Method: facts read from tensor, cache and attention shapes, fused operators, file metadata and the shard index;
 * config.json only where these are silent. Each contradicted shape costs the version a factor of its error rate.
 * Shapes of one part (experts, latent attention) count once, and so do a shard index, the metadata of a model file
 * and config.json, however many of their values differ. Facts that no source confirms cost nothing. Not held against
 * a version: a vocabulary padded or cut, prediction layers dropped or counted in, a tied head stored twice, and key
 * and value heads of latent attention, which exporters count differently. A pruned copy may have fewer layers, heads,
 * neurons or experts, and no more. Totals (parameters, tensors, bytes) are shown and do not weigh.
 * Source: tensor headers, the exported graph (ONNX IR), GGUF metadata and Hugging Face config.json keys.
 * Assumptions: an honest export keeps these numbers.
 * Error rates: set by policy (1e-3 per shape, index or metadata, 5e-2 for config.json), not measured.
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
    const evidence = candidate.architecture as Architecture;
    const seen = seenFacts(evidence);
    const known = COMPARED_FACTS.filter((name) => seen.has(name));
    if (known.length === 0)
      return { status: 'skipped', reason: 'neither the files nor config.json show a transformer' };
    const versions = variants.filter(({ impliedBy }) => impliedBy === undefined);
    const results = variants.map((variant) => ({ variant, ...compareVersion(seen, variant, versions) }));
    const fits = versions.some(({ facts }) => fitsShape(seen, facts));
    const chance = fits ? Math.log(sameShapeShare(versions, strangers)) : 0;
    // A student may have any shape, and one nobody confirmed is as open.
    const anyShape = fits ? Math.log(SAME_SHAPE_BY_CHANCE) : 0;
    return {
      status: 'scored',
      observed: describeFacts((name) => seen.get(name)?.value),
      expected: Object.fromEntries(
        results
          .filter(({ variant, compared }) => variant.impliedBy === undefined && compared > 0)
          .map(({ variant, differences }) => [variant.id, expectation(evidence, variant, differences)]),
      ),
      logLikelihood: {
        ...Object.fromEntries(
          results.map(({ variant, compared, differences }) => [
            variant.id,
            compared > 0 ? logErrors(differences) : anyShape,
          ]),
        ),
        other: chance,
      },
      n: known.length,
      details: detailsOf(evidence, results, strangers),
    };
  },
};
export default architecture;

interface Compared {
  readonly compared: number;
  readonly differences: readonly Difference[];
}
interface Result extends Compared {
  readonly variant: VariantView;
}

/** A pruned copy may have fewer layers, heads, neurons and experts than its original, and has no more of any. */
function compareVersion(
  seen: SeenFacts,
  { kind, facts, impliedBy }: VariantView,
  versions: readonly VariantView[],
): Compared {
  const kept = compareFacts(seen, facts);
  const original = kind === 'pruned' && versions.find(({ id }) => id === impliedBy);
  if (!original) return kept;
  const cut = compareFacts(seen, partOf(original.facts, true));
  const gained = cut.differences.filter(({ seen: has, expected }) => Number(has) > Number(expected));
  return { compared: kept.compared + cut.compared, differences: [...kept.differences, ...gained] };
}

function detailsOf(
  evidence: Architecture,
  results: readonly Result[],
  strangers: readonly VariantView[],
): Detail[] {
  const seen = seenFacts(evidence);
  const versions = [...results.map(({ variant }) => variant), ...strangers];
  return [
    ...COMPARED_FACTS.flatMap((name) => {
      const fact = seen.get(name);
      return fact ? [text(name, `${fact.value} (from ${fact.from})`)] : [];
    }),
    ...totals(seen),
    ...laws(evidence),
    ...shards(evidence, versions),
    ...results.flatMap(({ variant, differences }) => against(variant, differences)),
    ...sharedWith(seen, strangers),
  ];
}

/** One log error rate per mistake that would explain what differs. */
function logErrors(differences: readonly Difference[]): number {
  const mistakes = new Map<string, number>();
  for (const difference of differences) {
    const rate = errorRate(difference);
    mistakes.set(difference.mistake, Math.min(rate, mistakes.get(difference.mistake) ?? rate));
  }
  return [...mistakes.values()].reduce((sum, rate) => sum + Math.log(rate), 0);
}

/** A head that is missing from the files may have been left out of the export. */
function errorRate({ from, name }: Difference): number {
  return from === 'config' || name === 'tiedEmbeddings' ? CONFIG_ERROR : SHAPE_ERROR;
}

/** Laplace's rule over the strangers in the profile: how often an unrelated model has the shape of a variant. */
function sameShapeShare(variants: readonly VariantView[], strangers: readonly VariantView[]): number {
  const shapes = new Map(
    strangers.flatMap((stranger): [string, SeenFacts][] =>
      stranger.runs.length > 0
        ? stranger.runs.map(({ artifact, data }) => [artifact, seenFacts(data.architecture as Architecture)])
        : [[stranger.id, publicFacts(stranger)]],
    ),
  );
  if (shapes.size === 0) return SAME_SHAPE_BY_CHANCE;
  const alike = [...shapes.values()].filter((shape) => variants.some(({ facts }) => fitsShape(shape, facts)));
  return (alike.length + 1) / (shapes.size + 2);
}

function publicFacts({ facts, unconfirmed }: VariantView): SeenFacts {
  return new Map(
    Object.entries({ ...unconfirmed, ...facts }).map(([name, value]) => [name, { value, from: 'shapes' }]),
  );
}

function fitsShape(seen: SeenFacts, facts: VariantView['facts']): boolean {
  const { compared, differences } = compareFacts(seen, facts);
  return compared > 0 && differences.length === 0;
}

function expectation(
  evidence: Architecture,
  variant: VariantView,
  differences: readonly Difference[],
): string {
  const { facts } = variant;
  const seen = seenFacts(evidence);
  if (differences.length === 0) return describeFacts((name) => (seen.has(name) ? facts[name] : undefined));
  return [
    describeDifferences(differences),
    ...differentTotals(seen, facts),
    ...differentShards(impliedShards(evidence), variant),
  ].join(', ');
}

function against({ id, impliedBy }: VariantView, differences: readonly Difference[]): Detail[] {
  if (impliedBy !== undefined || differences.length === 0) return [];
  const list = differences.map(({ name, seen, expected, from }) => `${name} ${seen} ≠ ${expected} (${from})`);
  return [text(`against ${id}`, list.join(', '))];
}

/** Other public models that have every compared fact of the candidate. */
function sharedWith(seen: SeenFacts, strangers: readonly VariantView[]): Detail[] {
  const same = strangers.filter((stranger) =>
    fitsShape(seen, { ...stranger.unconfirmed, ...stranger.facts }),
  );
  return same.length > 0 ? [text('also the shape of', same.map(({ id }) => id).join(', '))] : [];
}

function totals(seen: SeenFacts): Detail[] {
  const list = describeTotals(seen);
  return list.length > 0 ? [text('totals', list.join(', '))] : [];
}

/** Closed forms: what follows from configuration alone, beside what the files hold. */
function laws({ laws: found = [] }: Partial<Architecture>): Detail[] {
  return found.map(({ law, expected, observed, from }) => {
    const relation = expected === observed ? '=' : '≠';
    return text(`closed form of ${law}`, `${observed} ${relation} ${expected} (${from})`);
  });
}

function shards(evidence: Architecture, versions: readonly VariantView[]): Detail[] {
  const implied = impliedShards(evidence);
  const same = versions.filter((variant) => sameShards(implied, variant));
  return same.map(({ id }) => text('shard sizes', `all ${implied.size} as published of ${id}, to the byte`));
}

function text(label: string, value: string): Detail {
  return { type: 'text', label, value };
}
