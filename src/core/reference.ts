export type VersionKind = 'full' | 'distilled' | 'quantized' | 'pruned' | 'finetuned' | 'other';

/** One measurement of one trusted artifact. */
export interface ReferenceRun {
  readonly artifact: string;
  readonly seed: number;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly probes: Readonly<Record<string, unknown>>;
}

export interface ReferenceVariant {
  readonly kind: VersionKind;
  readonly facts: Readonly<Record<string, number | string>>;
  /** SHA-256 of weight files that are this variant. */
  readonly digests: readonly string[];
  readonly runs: readonly ReferenceRun[];
}

/** Trusted measurements of the versions of one product. */
export interface ReferenceProfile {
  readonly schema: 'profile/1';
  readonly id: string;
  readonly suite: { readonly id: string; readonly tier: string; readonly sha256: string };
  readonly variants: Readonly<Record<string, ReferenceVariant>>;
}
