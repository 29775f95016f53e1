import { AssayError } from '../core/errors.js';
import type { Evidence, ModelSource, Probe, ReferenceProfile, Report } from '../core/types.js';
import { PROBES } from '../registry.js';
import type { CandidateInput } from '../sources/open.js';
import { loadProfile } from './assets.js';
import { COMPLETE, type CollectOptions, collectUntil, type Strategy } from './collect.js';
import { profileWith, type Reference, withKinds } from './references.js';
import { type ScoreOptions, score } from './score.js';
import { untilDecided } from './sequential.js';

export type Stop = 'decided' | 'complete';

export interface AuditOptions extends CollectOptions, Omit<ScoreOptions, 'profile'> {
  /** Profile object, path or shipped name; may be absent where `references` are given. */
  readonly profile?: ScoreOptions['profile'];
  /** Artifacts or endpoints to measure beside the candidate, and what they are. */
  readonly references?: readonly Reference[];
  /**
   * Ask until the claim is `decided`, or `complete` whatever the evidence says. By default `decided` of an endpoint and
   * `complete` of files, and of anything that references are measured beside, who are asked what the candidate answered.
   */
  readonly stop?: Stop;
  /** Receives the evidence before it is judged, to keep it. */
  readonly onEvidence?: (evidence: Evidence) => void | Promise<void>;
  /** Receives the profile with what the references showed: with the evidence it gives the same report again. */
  readonly onProfile?: (profile: ReferenceProfile) => void | Promise<void>;
}

/**
 * Collect evidence about a candidate and judge it against a profile, references measured beside it, or both. Throws
 * USAGE when neither is given.
 *
 * @example
 * const report = await audit('./delivered-model', { profile: 'quill', claim: 'full' });
 * if (report.verdict.outcome !== 'upheld') throw new Error(report.verdict.reasons[0]?.sentence);
 *
 * @example
 * const server = { kind: 'endpoint', baseUrl: 'https://host/v1', model: 'r1' } as const;
 * const suspect = { variant: 'distill-qwen-1.5b', candidate: './suspect' };
 * const report = await audit(server, { profile: 'deepseek-r1', claim: 'full', references: [suspect] });
 */
export async function audit(candidate: CandidateInput, options: AuditOptions): Promise<Report> {
  const { references = [] } = options;
  if (options.profile === undefined && references.length === 0) {
    throw new AssayError('USAGE', 'There is nothing to judge the candidate by.', {
      hint: 'Give a profile, or references to measure beside it.',
    });
  }
  const known = typeof options.profile === 'string' ? loadProfile(options.profile) : options.profile;
  withKinds(references, known);
  const probes = worthAsking(options.probes ?? PROBES, known, references.length > 0);
  const evidence = await collectUntil(candidate, { ...options, probes }, strategyOf(known, options));
  await options.onEvidence?.(evidence);
  if (known !== undefined && references.length === 0) return score(evidence, { ...options, profile: known });
  const profile = await profileWith(references, evidence, known, options);
  await options.onProfile?.(profile);
  return score(evidence, { ...options, profile });
}

/** Throws USAGE where references are to be measured, who are asked what the candidate answered: nothing is decided before. */
function strategyOf(
  profile: ReferenceProfile | undefined,
  options: AuditOptions,
): (source: ModelSource) => Strategy {
  const { stop, references = [] } = options;
  if (stop === 'decided' && references.length > 0) {
    throw new AssayError('USAGE', 'An audit cannot stop early when references are measured beside it.', {
      hint: 'Leave stop out, or build a profile of the references first: assay profile build.',
    });
  }
  if (stop === 'complete' || profile === undefined || references.length > 0) return () => COMPLETE;
  const sequential = untilDecided(profile, options);
  return ({ kind }) => (stop === 'decided' || kind === 'endpoint' ? sequential : COMPLETE);
}

/** Probes of a service that say nothing by themselves are left out where there is nothing to compare them with. */
function worthAsking(
  probes: readonly Probe[],
  profile: ReferenceProfile | undefined,
  referencesBeside: boolean,
): Probe[] {
  const runs = Object.values(profile?.variants ?? {}).flatMap((variant) => variant.runs);
  return probes.filter(
    ({ id, beside }) =>
      beside !== 'needed' || referencesBeside || runs.some((run) => run.probes[id] !== undefined),
  );
}
