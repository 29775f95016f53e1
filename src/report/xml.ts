import { cleanText } from './text.js';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Strings are lines of text. */
  readonly children: readonly (XmlElement | string)[];
}

export function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  children: XmlElement['children'] = [],
): XmlElement {
  return { name, attributes, children };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(value: string): string {
  return cleanText(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function write(node: XmlElement | string, indent: string): string {
  if (typeof node === 'string') return `${escapeXml(node)}\n`;
  const attributes = Object.entries(node.attributes).map(
    ([key, value]) => ` ${key}="${escapeXml(String(value))}"`,
  );
  const open = `${indent}<${node.name}${attributes.join('')}`;
  if (node.children.length === 0) return `${open}/>\n`;
  const body = node.children.map((child) => write(child, `${indent}  `)).join('');
  return `${open}>\n${body}${indent}</${node.name}>\n`;
}

/** An XML 1.0 document; names are ours, values and text are escaped. */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`;
}
