import { quoted } from '../failure.js';
import { canonicalDomain } from './domain.js';
import { BYTES, type Field } from './field.js';
import type { WireReader } from './reader.js';

/** A model's own operators while its fields arrive. */
export interface FunctionDrafts {
  /** Domain, name and overload of each. */
  readonly keys: Set<string>;
  /** Domains they define operators in. */
  readonly domains: Set<string>;
  /** Domains of the operators in their bodies. */
  readonly used: Set<string>;
}

export function functionDrafts(): FunctionDrafts {
  return { keys: new Set(), domains: new Set(), used: new Set() };
}

/** A FunctionProto. Of its body only the domains are read. */
export async function readFunction(reader: WireReader, field: Field, into: FunctionDrafts): Promise<void> {
  reader.expect(field, BYTES);
  let name = '';
  let domain = '';
  let overload = '';
  await reader.message(field, async (part) => {
    if (part.number === 1) name = await reader.text(part);
    else if (part.number === 7) into.used.add(await domainOf(reader, part));
    else if (part.number === 10) domain = canonicalDomain(await reader.text(part));
    else if (part.number === 13) overload = await reader.text(part);
  });
  // onnx.proto leaves it to the runtime which of the two counts, so what is read here might not be what runs.
  if (domain === '') {
    const what = `function ${quoted(name)} is defined among ONNX’s own operators; expected a domain of the model’s`;
    throw reader.invalid('ONNX_FUNCTION_SHADOWS', field.at, what);
  }
  const key = JSON.stringify([domain, name, overload]);
  if (into.keys.has(key))
    throw reader.invalid('ONNX_FUNCTION_TWICE', field.at, `there are two functions ${quoted(name)}`);
  into.keys.add(key);
  into.domains.add(domain);
}

async function domainOf(reader: WireReader, node: Field): Promise<string> {
  reader.expect(node, BYTES);
  reader.budget.node(node.at);
  let domain = '';
  await reader.message(node, async (part) => {
    if (part.number === 7) domain = canonicalDomain(await reader.text(part));
  });
  return domain;
}
