import { cleanText, clip } from '../text.js';
import type { Paint } from './ansi.js';
import { textWidth, wrap } from './columns.js';

/** Wrapped text under a label that stands to its left. */
export function labelled(label: string, text: string, width: number): readonly string[] {
  const lines = wrap(clip(cleanText(text), 600), width - textWidth(label));
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(textWidth(label))}${line}`);
}

/** A section under its title; nothing where it is empty. */
export function titled(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

export function bullets(texts: readonly string[], width: number): readonly string[] {
  return texts.flatMap((text) => labelled('  - ', text, width));
}
