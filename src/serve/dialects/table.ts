import { AssayError } from '../../core/errors.js';
import type { Dialect } from './dialect.js';
import { engines } from './engines.js';
import { gateways } from './gateways.js';
import { hosts } from './hosts.js';
import { openai } from './openai.js';
import { vendors } from './vendors.js';

/** Kinds of servers, by what public recordings and documentation of 2025 and 2026 show of them. */
export const dialects: readonly Dialect[] = [openai, ...vendors, ...hosts, ...engines, ...gateways];

/** Throws USAGE for a name that is none. */
export function dialectOf(name: string): Dialect {
  const found = dialects.find((entry) => entry.name === name);
  if (found) return found;
  throw new AssayError('USAGE', `There is no dialect "${name}".`, {
    hint: `Dialects: ${dialects.map((entry) => entry.name).join(', ')}.`,
  });
}
