import { cleanText } from './text.js';

/** The candidate's name as a relative reference; of an absolute path only the last part is told. */
export function relativeUri(label: string): string {
  const text = cleanText(label);
  const parts = text.split(/[\\/]/).filter((part) => !['', '.', '..'].includes(part));
  const shown = /^(?:[A-Za-z]:|file:)?[\\/]/i.test(text) ? parts.slice(-1) : parts;
  return shown.map(encodeURIComponent).join('/') || 'candidate';
}
