import { randomInt } from 'node:crypto';
import { collectEvidence, inOrder } from '../core/collect.js';
import { concerns } from '../core/concerns.js';
import { AssayError } from '../core/errors.js';
import type { CandidateSpec, Evidence, ModelSource, Probe, ProgressEvent, Suite } from '../core/types.js';
import type { SuiteTier } from '../profile/suite.js';
import { PROBES } from '../registry.js';
import { type CandidateInput, openCandidate } from '../sources/open.js';
import type { OpenOptions } from '../sources/options.js';
import { shippedSuite, toolIdentity } from './assets.js';

export interface CollectOptions extends OpenOptions {
  /** Ids of the probes to run; all by default. */
  readonly only?: readonly string[];
  readonly probes?: readonly Probe[];
  /** How many prompts and tokens to spend; `quick` by default. */
  readonly suite?: SuiteTier | Suite;
  /** Seed of prompt order, sampling and fresh probes; by default 0 for files, and one nobody can guess for an endpoint. */
  readonly seed?: number;
  /** Read headers and metadata only: hash no weights, decode none. */
  readonly headersOnly?: boolean;
  readonly maxRequests?: number;
  readonly maxTokens?: number;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Wall clock, for the evidence's date. */
  readonly clock?: () => Date;
}

/** Seeds are 32-bit. */
export const MAX_SEED = 2 ** 32;

/**
 * Gather evidence about a candidate; judge nothing. Failures of single probes are recorded in the evidence.
 * Throws when the candidate cannot be opened (CANDIDATE_*, PATH_ESCAPES) and ABORTED with the evidence
 * so far in `partial`.
 *
 * @example const evidence = await collect('./delivered-model', { suite: 'standard' });
 */
export async function collect(candidate: CandidateInput, options: CollectOptions = {}): Promise<Evidence> {
  return collectUntil(candidate, options, () => COMPLETE);
}

/** In which order probes run, and when they are enough. */
export interface Strategy {
  /** Those that others use included, and before them. */
  readonly order: (probes: readonly Probe[], suite: Suite) => readonly Probe[];
  readonly decided?: (evidence: Evidence, plan: Plan) => boolean;
}

/** What evidence is part of. */
export interface Plan {
  readonly suite: Suite;
  /** Probes that fit the budget and that the candidate can answer. */
  readonly probes: readonly Probe[];
  /** The last probe, while it is collected. */
  readonly unfinished: Probe | undefined;
}

/** Every probe, cheapest first, so that an interruption keeps the most. */
export const COMPLETE: Strategy = { order: inOrder };

/** Gather evidence until it decides the case, by a strategy for the kind of candidate. Throws as `collect` does. */
export async function collectUntil(
  candidate: CandidateInput,
  options: CollectOptions,
  strategyFor: (source: ModelSource) => Strategy,
): Promise<Evidence> {
  const source = await openCandidate(candidate, options.headersOnly ? { ...options, hash: false } : options);
  try {
    return await collectFrom(source, options, strategyFor(source));
  } finally {
    await source.close();
  }
}

/** Gather evidence from an opened source. The caller closes it. */
export async function collectFrom(
  source: ModelSource,
  options: CollectOptions,
  { order, decided }: Strategy = COMPLETE,
): Promise<Evidence> {
  const { suite = 'quick', clock = () => new Date() } = options;
  const { seed = source.kind === 'endpoint' ? randomInt(MAX_SEED) : 0 } = options;
  const chosen = typeof suite === 'string' ? shippedSuite(suite) : suite;
  const asked = chosenProbes(options).filter(
    (probe) => concerns(source.kind, probe) || (probe.beside !== undefined && offers(source, probe)),
  );
  const { probes, warnings } = withinBudget(order(asked, chosen), chosen, options);
  const planned = probes.filter((probe) => offers(source, probe));
  return collectEvidence(source, probes, {
    tool: toolIdentity(),
    suite: chosen,
    seed,
    collectedAt: clock().toISOString(),
    now: () => performance.now(),
    headersOnly: options.headersOnly === true,
    signal: options.signal,
    onProgress: options.onProgress,
    warnings: [...source.warnings, ...warnings],
    decided:
      decided &&
      ((evidence, unfinished) => decided(evidence, { suite: chosen, probes: planned, unfinished })),
  });
}

function offers({ capabilities }: ModelSource, { requires }: Probe): boolean {
  return requires.every((name) => capabilities[name] !== undefined);
}

/** Cost of a collection from a kind of candidate before it is spent. */
export function plannedCost(
  options: CollectOptions,
  kind: CandidateSpec['kind'] = 'onnx',
): { probe: string; requests: number; tokens: number }[] {
  const { suite = 'quick' } = options;
  const chosen = typeof suite === 'string' ? shippedSuite(suite) : suite;
  const asked = chosenProbes(options).filter((probe) => concerns(kind, probe));
  return asked.map((probe) => ({ probe: probe.id, ...probe.cost(chosen) }));
}

function chosenProbes({ probes = PROBES, only }: CollectOptions): Probe[] {
  const unknown = only?.find((id) => !probes.some((probe) => probe.id === id));
  if (unknown !== undefined) {
    throw new AssayError('USAGE', `There is no probe "${unknown}".`, {
      hint: `Probes: ${probes.map(({ id }) => id).join(', ')}.`,
    });
  }
  return probes.filter(({ id }) => only === undefined || only.includes(id));
}

/** Leave out probes that would exceed a hard limit, the first kept first, and say so. */
function withinBudget(
  ordered: readonly Probe[],
  suite: Suite,
  { maxRequests = Number.POSITIVE_INFINITY, maxTokens = Number.POSITIVE_INFINITY }: CollectOptions,
): { probes: Probe[]; warnings: string[] } {
  const kept: Probe[] = [];
  const warnings: string[] = [];
  let requests = 0;
  let tokens = 0;
  for (const probe of ordered) {
    const cost = probe.cost(suite);
    const missing = (probe.uses ?? []).find((earlier) => !kept.includes(earlier));
    if (missing) {
      warnings.push(`The ${probe.id} probe was left out with the ${missing.id} probe it uses.`);
      continue;
    }
    if (requests + cost.requests > maxRequests || tokens + cost.tokens > maxTokens) {
      warnings.push(
        `The ${probe.id} probe was left out: it needs ${cost.requests} requests and ${cost.tokens} tokens.`,
      );
      continue;
    }
    requests += cost.requests;
    tokens += cost.tokens;
    kept.push(probe);
  }
  return { probes: kept, warnings };
}
