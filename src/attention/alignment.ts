import { AssayError } from '../core/errors.js';
import type { AttentionKind } from '../core/types.js';
import type { AttentionEvidence, PromptAttention } from './probes/attention-statistics.js';

const KINDS: readonly AttentionKind[] = ['self', 'encoder', 'cross'];
/** The grids that signals read; the others may be anything. */
const GRIDS = ['normalizedEntropy', 'firstTokenMass', 'meanDistance', 'headSimilarity'] as const;
/** No statistic exceeds the length of a context; a larger number is no measurement, and its square could overflow. */
const LARGEST = 1e9;

/** One number per layer and head. */
export type Pick = (prompt: PromptAttention) => readonly (readonly number[])[];

/** What of two runs can be compared. */
export interface Alignment {
  /** Prompts both read, cut to as many tokens. */
  readonly prompts: readonly (readonly [a: PromptAttention, b: PromptAttention])[];
  /** Layers of each kind that both have, from first to last. */
  readonly stacks: readonly (readonly [a: readonly number[], b: readonly number[]])[];
  /** Equal layers and heads: a head of one may be the same head of the other. */
  readonly sameShape: boolean;
}

/**
 * What two runs have in common; kinds that only one side has are left out. Null when that is nothing, or when layers
 * of unknown depth are missing from a side: then nothing says which of the others are the same.
 */
export function align(a: AttentionEvidence, b: AttentionEvidence): Alignment | null {
  const theirs = new Map(b.prompts.map((prompt) => [prompt.id, prompt]));
  const prompts = a.prompts.flatMap((prompt): [PromptAttention, PromptAttention][] => {
    const other = theirs.get(prompt.id);
    return other?.tokens === prompt.tokens ? [[prompt, other]] : [];
  });
  const stacks = KINDS.map((kind) => [layersOf(a, kind), layersOf(b, kind)] as const).filter(
    ([left, right]) => left.length > 0 && right.length > 0,
  );
  if (prompts.length === 0 || stacks.length === 0) return null;
  const heads = (run: AttentionEvidence, layers: readonly number[]): string =>
    layers.map((layer) => run.sites[layer]?.heads).join();
  const sameShape = stacks.every(([left, right]) => heads(a, left) === heads(b, right));
  const missing = unmeasured(a);
  if (missing !== unmeasured(b) || (missing > 0 && !sameShape)) return null;
  return { prompts, stacks, sameShape };
}

/**
 * Mean over depth of a difference between layers, kinds counting alike. Relative depth runs from 0 at the first
 * layer of a stack to 1 at its last; a stack with fewer layers is interpolated at the depths of the other.
 */
export function layerDistance(
  { prompts, stacks }: Alignment,
  pick: Pick,
  difference: (a: readonly number[], b: readonly number[]) => number,
): number {
  const left = prompts.map(([a]) => a);
  const right = prompts.map(([, b]) => b);
  const distances = stacks.map(([mine, theirs]) => {
    const depths = Math.max(mine.length, theirs.length);
    const each = Array.from({ length: depths }, (_, depth) =>
      difference(rowAt(left, mine, depth, depths, pick), rowAt(right, theirs, depth, depths, pick)),
    );
    return average(each);
  });
  return average(distances);
}

/** Heads at one of so many depths. Between two layers heads have no identity: they are interpolated in order of value. */
function rowAt(
  prompts: readonly PromptAttention[],
  layers: readonly number[],
  depth: number,
  depths: number,
  pick: Pick,
): number[] {
  const position = depths > 1 ? (depth * (layers.length - 1)) / (depths - 1) : 0;
  const below = Math.floor(position);
  const share = position - below;
  const row = (index: number): number[] => meanRow(prompts, layers[index] ?? -1, pick);
  if (share === 0) return row(below);
  const lower = row(below).sort((x, y) => x - y);
  const upper = row(below + 1).sort((x, y) => x - y);
  // Layers of unequal width (pruned heads) have no heads to pair.
  if (lower.length !== upper.length) return share < 0.5 ? lower : upper;
  return lower.map((value, head) => value + share * ((upper[head] ?? value) - value));
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean over prompts of one layer's numbers, one per head. */
export function meanRow(prompts: readonly PromptAttention[], layer: number, pick: Pick): number[] {
  const rows = prompts.map((prompt) => pick(prompt)[layer] ?? []);
  return (rows[0] ?? []).map((_, head) => average(rows.map((row) => row[head] ?? 0)));
}

/** Evidence whose grids are what their layers say, or null. References of an older format count as none. */
export function readAttention(data: unknown): AttentionEvidence | null {
  const { sites, prompts, unmeasured: missing } = (data ?? {}) as Partial<AttentionEvidence>;
  if (!Array.isArray(sites) || !Array.isArray(prompts) || !Array.isArray(missing)) return null;
  const sound =
    sites.every((site) => KINDS.includes(site?.kind) && Number.isInteger(site.heads) && site.heads > 0) &&
    missing.every((part) => Number.isInteger(part?.count) && part.count >= 0) &&
    prompts.every(
      (prompt) =>
        typeof prompt?.id === 'string' &&
        Number.isInteger(prompt.tokens) &&
        prompt.tokens > 0 &&
        GRIDS.every((name) => fits(prompt[name], sites)),
    );
  return sound ? (data as AttentionEvidence) : null;
}

/** The candidate's evidence. Throws EVIDENCE_INVALID when it is malformed. */
export function candidateAttention(data: unknown): AttentionEvidence {
  const evidence = readAttention(data);
  if (evidence) return evidence;
  throw new AssayError(
    'EVIDENCE_INVALID',
    'The attention statistics do not have one finite number per head.',
    {
      hint: 'Collect the evidence again with this version.',
    },
  );
}

function fits(grid: unknown, sites: AttentionEvidence['sites']): boolean {
  return (
    Array.isArray(grid) &&
    grid.length === sites.length &&
    sites.every(({ heads }, layer) => {
      const row: unknown = grid[layer];
      return (
        Array.isArray(row) &&
        row.length === heads &&
        row.every((value) => typeof value === 'number' && Math.abs(value) <= LARGEST)
      );
    })
  );
}

function layersOf({ sites }: AttentionEvidence, kind: AttentionKind): number[] {
  return sites.flatMap((site, layer) => (site.kind === kind ? [layer] : []));
}

function unmeasured(evidence: AttentionEvidence): number {
  return evidence.unmeasured.reduce((sum, { count }) => sum + count, 0);
}
