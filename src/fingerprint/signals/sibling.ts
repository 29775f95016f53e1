import type { Detail, Signal, VariantView } from '../../core/types.js';
import { inPlace, relationsByVariant, type VariantRelation } from '../lineage/by-variant.js';
import { type SiblingCoordinates, siblingCoordinates } from '../lineage/siblings.js';
import lineageProbe from '../probes/lineage.js';

/** Nearer than this, siblings are one model; further apart than this, none. */
const MIN_APART = 5e-4;
const MAX_APART = 1.2;
/** Coordinates believed to no better than this, however many weights were compared. */
const RESOLUTION = 0.05;
/** Coordinates of single matrices that spread more than noise and this do not belong to one mixture. */
const MAX_SPREAD = 0.25;
/** Share of copies of a sibling that do not lie at its corner: 0 of the quantized copies measured. Policy. */
const FLOOR = Math.log(1e-4);
/** Two standard deviations away. */
const AT_CORNER = -2;
/** Share of tuned and otherwise altered copies that lie at a corner, because they were hardly moved: policy. */
const MOVED_AT_CORNER = Math.log(0.1);

/**
 * Claim: of relatives that share shape and ancestry, the candidate is the one whose corner it lies at, even when quantized;
 * between corners it is a merge.
 * Method: least squares of the candidate's difference from one sibling on the differences between siblings, over weights
 * at fixed places. 0 is the one, 1 the other. Skipped when coordinates of single matrices spread wider than noise explains.
 * Source: projection onto the difference of weights; task vectors, Ilharco et al. 2023 (arXiv 2212.04089).
 * Assumptions: candidate and siblings hold the same matrices in the same places and basis.
 * Error rates: standard error is residual / (distance of the siblings · √weights); 0.05 at least is believed.
 * Evasion: an equal mixture lies between corners and is called altered; permuted weights are not compared.
 */
const sibling: Signal = {
  id: 'sibling',
  title: 'Coordinate between siblings',
  group: 'lineage',
  spoofing: 'costly',
  needs: [lineageProbe],
  score: (input) => {
    const siblings = comparable(relationsByVariant(input));
    if (siblings.length < 2)
      return {
        status: 'skipped',
        reason: 'fewer than two references hold these matrices in the same places',
      };
    const found = siblingCoordinates(siblings.map(({ relation }) => relation.rows?.pairs ?? []));
    if (found === null)
      return { status: 'skipped', reason: 'the siblings are one model at the sampled places' };
    const noise = found.apart.map((apart) => found.residual / (apart * Math.sqrt(found.weights)));
    const matrices = siblings[0]?.relation.rows?.pairs.length ?? 1;
    const allowed = noise.map((sd) => Math.max(MAX_SPREAD, 4 * sd * Math.sqrt(matrices)));
    if (found.spread.some((spread, i) => spread > (allowed[i] ?? 0)))
      return { status: 'skipped', reason: 'matrices disagree about the coordinate, so the bases differ' };
    const scale = noise.map((sd) => Math.max(RESOLUTION, 3 * sd));
    const corners = new Map(siblings.map(({ variant }, i) => [variant.id, cornerLog(found.t, i, scale)]));
    const strange = input.strangers.flatMap(({ id }) => corners.get(id) ?? []);
    return {
      status: 'scored',
      observed: siblings.map(({ variant }, i) => `${share(found.t, i).toFixed(2)} ${variant.id}`).join(', '),
      expected: Object.fromEntries(siblings.map(({ variant }) => [variant.id, `1.00 ${variant.id}`])),
      logLikelihood: {
        ...Object.fromEntries(input.variants.flatMap((variant) => entry(variant, corners))),
        ...(strange.length > 0 ? { other: Math.max(...strange) } : {}),
      },
      n: found.weights,
      details: detailsOf(siblings, found),
    };
  },
};
export default sibling;

/** References with the same matrices in place as the first, far enough from it to be told apart. */
function comparable(found: readonly VariantRelation[]): VariantRelation[] {
  const placed = found.filter(({ relation }) => inPlace(relation) && relation.rows !== null);
  const [first] = placed;
  if (!first) return [];
  const kept = [first];
  for (const other of placed.slice(1)) {
    const apart = kept.map((one) => distance(one, other));
    if (apart.every((d) => d > MIN_APART && d < MAX_APART)) kept.push(other);
  }
  return kept;
}

/** Relative distance of two references at the places both were compared at; infinite when those differ. */
function distance(a: VariantRelation, b: VariantRelation): number {
  const [mine, theirs] = [a.relation.rows?.pairs ?? [], b.relation.rows?.pairs ?? []];
  const alike =
    mine.length === theirs.length &&
    mine.every(({ role, layer }, i) => role === theirs[i]?.role && layer === theirs[i]?.layer);
  if (!alike) return Number.POSITIVE_INFINITY;
  let square = 0;
  let norm = 0;
  for (const [i, { reference }] of mine.entries()) {
    for (const [j, value] of reference.entries()) {
      square += ((theirs[i]?.reference[j] ?? 0) - value) ** 2;
      norm += value * value;
    }
  }
  return Math.sqrt(square / norm);
}

/** Share of sibling i: what the others leave for the first. */
function share(t: readonly number[], i: number): number {
  return i === 0 ? 1 - t.reduce((sum, value) => sum + value, 0) : (t[i - 1] ?? 0);
}

function cornerLog(t: readonly number[], corner: number, scale: readonly number[]): number {
  const square = t.reduce(
    (sum, value, i) => sum + ((value - (i + 1 === corner ? 1 : 0)) / (scale[i] ?? 1)) ** 2,
    0,
  );
  return Math.max(FLOOR, -square / 2);
}

/**
 * A quantized copy lies at the corner of its original; a tuned or altered one anywhere, seldom at a corner. What was cut
 * out or set to zero has no coordinate.
 */
function entry(
  { id, kind, impliedBy }: VariantView,
  corners: ReadonlyMap<string, number>,
): [string, number][] {
  const log = corners.get(impliedBy ?? id);
  if (log === undefined || kind === 'distilled') return [];
  if (impliedBy === undefined || kind === 'quantized') return [[id, log]];
  if (kind === 'pruned') return [];
  const atCorner = [...corners.values()].some((corner) => corner > AT_CORNER);
  return [[id, atCorner ? MOVED_AT_CORNER : 0]];
}

function detailsOf(siblings: readonly VariantRelation[], found: SiblingCoordinates): Detail[] {
  return [
    ...siblings.map(
      ({ variant }, i): Detail => ({
        type: 'number',
        label: `share of ${variant.id}`,
        value: share(found.t, i),
      }),
    ),
    ...found.spread.map(
      (value, i): Detail => ({
        type: 'number',
        label: `spread over matrices, ${siblings[i + 1]?.variant.id}`,
        value,
      }),
    ),
    { type: 'number', label: 'distance left', value: found.residual, unit: 'of the weights' },
  ];
}
