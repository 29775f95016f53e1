import { asksReferences } from '../core/concerns.js';
import type { Architecture, ReferenceProfile, Signal, VersionKind } from '../core/types.js';
import { plainFacts } from '../fingerprint/facts.js';
import { assembleProfile } from '../profile/build.js';
import { required, type VariantEvidence } from '../profile/measurements.js';
import { PROBES, SIGNALS } from '../registry.js';
import { type CandidateInput, isEndpoint } from '../sources/open.js';
import { type CollectOptions, collect } from './collect.js';

/** A trusted artifact and the version it is. Several may share a variant. */
export interface TrustedReference {
  readonly variant: string;
  readonly kind: VersionKind;
  readonly candidate: CandidateInput;
}

export interface BuildOptions extends Omit<CollectOptions, 'only' | 'seed'> {
  readonly id: string;
  /** Runs per artifact, each with its own seed and prompt order; 2 by default. */
  readonly runs?: number;
  readonly seed?: number;
  /** Signals whose noise and power are measured on the references; all by default. */
  readonly signals?: readonly Signal[];
  readonly onReference?: (reference: TrustedReference, run: number) => void;
}

/** Measure trusted references, and signals on them, into a profile. Throws PROFILE_INVALID when one cannot be measured. */
export async function buildProfile(
  references: readonly TrustedReference[],
  options: BuildOptions,
): Promise<ReferenceProfile> {
  const { runs = 2, seed = 0 } = options;
  const probes = (options.probes ?? PROBES).filter(asksReferences);
  // Weights read alike whatever the seed: one run of an artifact reads them.
  const repeated = probes.filter(({ reads }) => reads !== 'weights');
  const measured: VariantEvidence[] = [];
  for (const reference of references) {
    for (let run = 0; run < runs; run++) {
      options.onReference?.(reference, run);
      const evidence = await collect(reference.candidate, {
        ...options,
        seed: seed + run,
        probes: run === 0 ? probes : repeated,
      });
      const facts = isEndpoint(reference.candidate)
        ? {}
        : plainFacts(required<Architecture>(evidence, 'architecture'));
      measured.push({ variant: reference.variant, kind: reference.kind, evidence, facts });
    }
  }
  return assembleProfile(options.id, measured, options.signals ?? SIGNALS);
}
