import { inlineText } from '../text.js';

/** Not exported and not a string key, so neither another file nor parsed JSON can make markup of its own. */
const MARKUP: unique symbol = Symbol('markup');

export interface Html {
  readonly [MARKUP]: string;
}

export type HtmlValue = string | number | false | null | undefined | Html | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(value: string): string {
  return inlineText(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function markup(value: HtmlValue): string {
  if (value === false || value === null || value === undefined) return '';
  if (typeof value !== 'object') return escapeHtml(String(value));
  if (MARKUP in value) return value[MARKUP];
  return Array.isArray(value) ? value.map(markup).join('') : escapeHtml(String(value));
}

/** Every interpolated value is escaped for text and for quoted attributes, except the result of another `html`. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, index) => (index === 0 ? part : markup(values[index - 1]) + part)).join('');
  return { [MARKUP]: text };
}

export function markupText(value: Html): string {
  return value[MARKUP];
}
