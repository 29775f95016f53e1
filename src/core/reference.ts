export type VersionKind = 'full' | 'distilled' | 'quantized' | 'pruned' | 'finetuned' | 'other';

/** One measurement of one trusted artifact. */
export interface ReferenceRun {
  readonly artifact: string;
  readonly seed: number;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly probes: Readonly<Record<string, unknown>>;
}

/** A public place where facts or digests of a profile were read. */
export interface ProfileSource {
  readonly what: string;
  /** Repository and path, or address. */
  readonly where?: string;
  /** Revision that was read. */
  readonly commit?: string;
}

/** Value of a structural fact, as in an architecture. */
export type FactValue = number | string | boolean;

/** How well a published digest is attested: by its publisher, by a complete third-party copy, or by one quotation. */
export type Confidence = 'high' | 'medium' | 'low';

/** A file of a release as a public source states it; nothing here was recomputed from weights. */
export interface PublishedFile {
  readonly name: string;
  /** Absent where the source gives no size. */
  readonly bytes?: number;
  readonly sha256: string;
  /** Key of the profile's `sources`. */
  readonly source: string;
  readonly confidence: Confidence;
}

export interface ReferenceVariant {
  readonly kind: VersionKind;
  readonly facts: Readonly<Record<string, FactValue>>;
  /** Keys of the profile's `sources` behind each fact. */
  readonly cited?: Readonly<Record<string, readonly string[]>>;
  /** Facts no stored public copy confirms. They are shown and weigh nothing. */
  readonly unconfirmed?: readonly string[];
  /** Public tokenizer it was trained with, by the id of a TokenStack; absent where none of those. */
  readonly tokenStack?: string;
  /** SHA-256 of public keys (SPKI) with which its publisher signs answers. */
  readonly responseKeys?: readonly string[];
  /** Names under which the version is sold. */
  readonly aliases?: readonly string[];
  readonly notes?: readonly string[];
  /** SHA-256 of weight files that are this variant. */
  readonly digests: readonly string[];
  /** Digest book of the releases of this variant. */
  readonly files?: readonly PublishedFile[];
  readonly runs: readonly ReferenceRun[];
}

/** How a signal behaves on the references of a profile. */
export interface SignalCalibration {
  /** Measurements of references, repeats included, that were each judged by the others. */
  readonly runs: number;
  /** Most nats it gave against the variant a measurement belongs to. */
  readonly noise: number;
  /** Mean nats it gives for a variant over its best rival, by variant; what the next audit can expect of it. */
  readonly power: Readonly<Record<string, number>>;
}

/** Trusted measurements and public facts of the versions of one product. */
export interface ReferenceProfile {
  readonly schema: 'profile/1';
  readonly id: string;
  /** Suite of the runs; absent in a profile of public facts alone. */
  readonly suite?: { readonly id: string; readonly tier: string; readonly sha256: string };
  readonly sources?: Readonly<Record<string, ProfileSource>>;
  readonly variants: Readonly<Record<string, ReferenceVariant>>;
  /** By signal id; absent in a profile of public facts alone. */
  readonly calibration?: Readonly<Record<string, SignalCalibration>>;
}
