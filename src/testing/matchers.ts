import { loadProfile } from '../api/assets.js';
import { AssayError } from '../core/errors.js';
import type { ReferenceProfile, Report } from '../core/types.js';
import { explain } from './explain.js';
import { type SeenHeads, seenHeads } from './heads.js';
import { type MatcherOptions, type ReportOptions, reportOf } from './received.js';
import { type Finding, type MatcherContext, type MatcherResult, settle } from './settle.js';

export type { MatcherContext, MatcherOptions, MatcherResult };

export interface ReferenceOptions extends ReportOptions {
  /** Highest probability allowed per hypothesis: a variant of the profile, or `other`. */
  readonly maxPosterior?: Readonly<Record<string, number>>;
}

/** The matchers as they are called on `expect(…)`. Every one must be awaited. */
export interface AssayMatchers {
  /**
   * The candidate is the full version: claim upheld, kind `full`. `.not` passes only when the claim is refuted;
   * an open verdict fails both ways.
   *
   * @example await expect('./delivered-model').toBeFullVersionOf('quill');
   */
  toBeFullVersionOf(profile: string | ReferenceProfile, options?: MatcherOptions): Promise<void>;
  /**
   * The claim is upheld and no posterior passes its limit. `.not` passes only when the claim is refuted.
   * Evidence and candidates need `profile` in the options.
   *
   * @example await expect(report).toMatchReference({ maxPosterior: { other: 0.05 } });
   */
  toMatchReference(options?: ReferenceOptions): Promise<void>;
  /**
   * Every layer has this many query heads, or the given number per layer, as seen in a run or in the graph.
   * A number that only config.json states fails both ways.
   */
  toHaveAttentionHeads(heads: number | readonly number[], options?: MatcherOptions): Promise<void>;
}

export function toBeFullVersionOf(
  this: MatcherContext | undefined,
  received: unknown,
  profile: string | ReferenceProfile,
  options: MatcherOptions = {},
): Promise<MatcherResult> {
  const name = typeof profile === 'string' ? profile : profile.id;
  return settle(this, `to be the full version of "${name}"`, async () => {
    const known = typeof profile === 'string' ? loadProfile(profile) : profile;
    const report = await reportOf(received, { ...options, profile: known });
    const { variant } = report.claim;
    if (known.variants[variant]?.kind === 'full') return judged(report);
    throw new AssayError('USAGE', `The claim judged is "${variant}", which is no full version.`, {
      hint: 'Claim a variant of kind full, or use toMatchReference.',
    });
  });
}

export function toMatchReference(
  this: MatcherContext | undefined,
  received: unknown,
  { maxPosterior = {}, ...options }: ReferenceOptions = {},
): Promise<MatcherResult> {
  return settle(this, 'to match its reference', async () => {
    const report = await reportOf(received, options);
    return judged(report, exceeded(report, maxPosterior));
  });
}

export function toHaveAttentionHeads(
  this: MatcherContext | undefined,
  received: unknown,
  heads: number | readonly number[],
  options: MatcherOptions = {},
): Promise<MatcherResult> {
  const wanted = typeof heads === 'number' ? String(heads) : `[${heads.join(', ')}]`;
  return settle(this, `to have ${wanted} attention heads`, async () => {
    if (wanted === '[]' || [heads].flat().some((count) => !Number.isInteger(count) || count < 1)) {
      throw new AssayError('USAGE', `${wanted} is no number of attention heads.`, {
        hint: 'Give a positive integer, or one per layer.',
      });
    }
    return compared(await seenHeads(received, options), heads);
  });
}

/** Upheld with an unmet condition is neither a match nor a mismatch. */
function judged(report: Report, unmet: readonly string[] = []): Finding {
  const { outcome } = report.verdict;
  const met = unmet.length === 0 && report.clauses.every(({ passed }) => passed);
  const answer = outcome === 'refuted' ? 'no' : outcome === 'upheld' && met ? 'yes' : 'open';
  return { answer, text: explain(report, unmet) };
}

function exceeded({ verdict }: Report, limits: Readonly<Record<string, number>>): string[] {
  return Object.entries(limits).flatMap(([id, limit]) => {
    const posterior = verdict.posterior[id];
    if (posterior === undefined || !(limit >= 0 && limit <= 1)) {
      throw new AssayError('USAGE', `maxPosterior cannot limit "${id}" to ${limit}.`, {
        hint: `Hypotheses: ${Object.keys(verdict.posterior).join(', ')}; limits lie between 0 and 1.`,
      });
    }
    return posterior <= limit ? [] : [`posterior of "${id}" is ${posterior}, its limit ${limit}`];
  });
}

function compared(seen: SeenHeads, wanted: number | readonly number[]): Finding {
  const shown = seen.layers === undefined ? `${seen.heads[0]}` : `[${seen.heads.join(', ')}]`;
  const text = `Seen ${seen.where}: ${shown} attention heads${seen.layers === undefined ? '' : ' per layer'}.`;
  if (typeof wanted === 'number')
    return { answer: seen.heads.every((count) => count === wanted) ? 'yes' : 'no', text };
  if (seen.layers === undefined)
    return { answer: 'open', text: `${text} The number of layers could not be seen.` };
  const same =
    wanted.length === seen.heads.length && wanted.every((count, layer) => count === seen.heads[layer]);
  return { answer: same ? 'yes' : 'no', text };
}
