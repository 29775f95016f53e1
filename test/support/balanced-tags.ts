const VOID = new Set(['meta', 'br', 'hr', 'img', 'link', 'input']);
const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>/y;

/** Strict reader of tags: every `<` opens a tag with quoted attributes, and every tag is closed in order. */
export function balancedTags(markup: string): { readonly ok: boolean; readonly at: string } {
  const open: string[] = [];
  let position = markup.search(/<[a-zA-Z](?!\?)/);
  while (position >= 0) {
    TAG.lastIndex = position;
    const match = TAG.exec(markup);
    if (match === null) return { ok: false, at: markup.slice(position, position + 80) };
    const [, slash, name = '', , selfClosing] = match;
    if (slash === '/') {
      if (open.pop() !== name)
        return { ok: false, at: markup.slice(Math.max(0, position - 80), position + 80) };
    } else if (selfClosing !== '/' && !VOID.has(name)) open.push(name);
    position = markup.indexOf('<', TAG.lastIndex);
  }
  return { ok: open.length === 0, at: open.join(' ') };
}
