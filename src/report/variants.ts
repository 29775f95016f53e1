import type { Report, SignalResult } from '../core/types.js';

/** Own property or undefined: variant ids come from files and may be called `constructor`. */
export function at<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The versions of the posterior: the claimed one first, then by probability, `other` last. */
export function variantOrder(report: Report): readonly string[] {
  const { posterior } = report.verdict;
  const ids = new Set([report.claim.variant, ...Object.keys(posterior)]);
  const rank = (id: string): number => {
    if (id === report.claim.variant) return -1;
    return id === 'other' ? 2 : 1 - (at(posterior, id) ?? 0);
  };
  return [...ids].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export interface Rivalry {
  readonly claim: number | undefined;
  readonly rival: { readonly variant: string; readonly value: number } | undefined;
}

/** Log-likelihood of the claim beside that of the variant, other than the claimed one, that explains a signal best. */
export function rivalry(signal: SignalResult, claim: string): Rivalry {
  if (signal.status !== 'scored') return { claim: undefined, rival: undefined };
  const rivals = Object.entries(signal.logLikelihood)
    .filter(([variant, value]) => variant !== claim && Number.isFinite(value))
    .map(([variant, value]) => ({ variant, value }))
    .sort((a, b) => b.value - a.value || (a.variant < b.variant ? -1 : 1));
  return { claim: at(signal.logLikelihood, claim), rival: rivals[0] };
}

/** The variants with the highest log-likelihood; empty when a signal tells none apart. */
export function bestVariants(signal: SignalResult): ReadonlySet<string> {
  if (signal.status !== 'scored') return new Set();
  const finite = Object.entries(signal.logLikelihood).filter(([, value]) => Number.isFinite(value));
  const top = finite.reduce((best, [, value]) => Math.max(best, value), Number.NEGATIVE_INFINITY);
  const best = finite.filter(([, value]) => value === top).map(([id]) => id);
  return best.length === Object.keys(signal.logLikelihood).length ? new Set() : new Set(best);
}
