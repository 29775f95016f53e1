import { fileURLToPath } from 'node:url';
import { buildProfile, type ReferenceProfile } from 'model-assay';

/** A member of the committed zoo family. */
export function motet(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/zoo/motet/${name}`, import.meta.url));
}

/** What a buyer has who holds one trusted export of its full model. */
export function motetProfile(): Promise<ReferenceProfile> {
  return buildProfile([{ variant: 'full', kind: 'full', candidate: motet('full-1') }], {
    id: 'motet',
    runs: 1,
  });
}
