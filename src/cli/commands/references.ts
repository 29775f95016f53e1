import { type Command, InvalidArgumentError } from 'commander';
import type { Reference } from '../../api/references.js';
import type { VersionKind } from '../../core/types.js';
import { repeated } from '../options.js';
import { candidateSpec } from './candidate.js';

export const KINDS: readonly VersionKind[] = [
  'full',
  'distilled',
  'quantized',
  'pruned',
  'finetuned',
  'other',
];

export interface ReferenceFlags {
  readonly variant?: readonly StatedReference[];
  readonly referenceApiKeyEnv?: string;
}

/** ID[:KIND]=CANDIDATE as it was typed; a candidate is a path, or an address with its model after `#`. */
export interface StatedReference {
  readonly variant: string;
  readonly kind?: VersionKind;
  readonly text: string;
}

export function withReferenceOptions(command: Command): Command {
  return command
    .option(
      '--variant <id[:kind]=candidate>',
      `measure this beside the candidate: a folder, a file or https://host/v1#model; kind is ${KINDS.join(', ')} (repeatable)`,
      repeated(parseReference),
    )
    .option(
      '--reference-api-key-env <variable>',
      'environment variable that holds the key of reference endpoints',
    );
}

export function references({ variant = [], referenceApiKeyEnv }: ReferenceFlags): Reference[] {
  // The candidate's key is never sent to another host.
  const flags = referenceApiKeyEnv === undefined ? {} : { apiKeyEnv: referenceApiKeyEnv };
  return variant.map(({ text, ...stated }) => ({ ...stated, candidate: candidateSpec(text, flags) }));
}

export function parseReference(text: string): StatedReference {
  const match = /^([^:=]+)(?::([a-z]+))?=(.+)$/.exec(text);
  const [, variant, stated, candidate] = match ?? [];
  const kind = KINDS.find((name) => name === stated);
  if (!variant || !candidate || (stated !== undefined && !kind))
    throw new InvalidArgumentError('expected ID:KIND=CANDIDATE.');
  return { variant, text: candidate, ...(kind ? { kind } : {}) };
}
