/**
 * The same text with bytes of its own. A short piece of a long text keeps all of that text in memory, and a header of
 * 100 kB has hundreds of names.
 */
export function flatText(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length === text.length ? bytes.toString('latin1') : text;
}
