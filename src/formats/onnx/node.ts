import { quoted } from '../failure.js';
import { readAttribute } from './attribute.js';
import { canonicalDomain } from './domain.js';
import { BYTES, type Field } from './field.js';
import type { WireReader } from './reader.js';
import type { OnnxAttribute, OnnxNode } from './types.js';

const NO_ATTRIBUTES: ReadonlyMap<string, OnnxAttribute> = new Map();

export async function readNode(reader: WireReader, field: Field): Promise<OnnxNode> {
  reader.expect(field, BYTES);
  reader.budget.node(field.at);
  const inputs: string[] = [];
  const outputs: string[] = [];
  let attributes: Map<string, OnnxAttribute> | undefined;
  let name = '';
  let opType = '';
  let domain = '';
  await reader.message(field, async (part) => {
    if (part.number === 1) inputs.push(await reader.text(part));
    else if (part.number === 2) outputs.push(await reader.text(part));
    else if (part.number === 3) name = await reader.text(part);
    else if (part.number === 4) opType = await reader.text(part);
    else if (part.number === 7) domain = canonicalDomain(await reader.text(part));
    else if (part.number === 5) {
      const [key, attribute] = await readAttribute(reader, part);
      attributes ??= new Map();
      // Readers differ in whether the first or the last of two counts.
      if (attributes.has(key))
        throw reader.invalid('ONNX_ATTRIBUTE_TWICE', part.at, `a node has two attributes ${quoted(key)}`);
      attributes.set(key, attribute);
    }
  });
  return { name, opType, domain, inputs, outputs, attributes: attributes ?? NO_ATTRIBUTES };
}
