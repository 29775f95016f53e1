import { fileURLToPath } from 'node:url';

/** Absolute path below fixtures/models. */
export function model(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/models/${name}`, import.meta.url));
}
