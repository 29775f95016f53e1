/** A node of the tree of special tokens, by UTF-16 unit. */
interface Node {
  readonly next: Map<number, Node>;
  ends: boolean;
}

/** A stretch of text: plain, or one special token. */
export interface Stretch {
  readonly text: string;
  readonly special: boolean;
}

/** Cut a text at special tokens: the leftmost, of several at one place the longest, as Hugging Face does. */
export function specialCutter(specials: readonly string[]): (text: string) => readonly Stretch[] {
  const root: Node = { next: new Map(), ends: false };
  for (const special of specials) insert(root, special);
  return (text) => {
    const stretches: Stretch[] = [];
    let plainFrom = 0;
    for (let at = 0; at < text.length; ) {
      const length = longest(root, text, at);
      if (length === 0) {
        at++;
        continue;
      }
      if (at > plainFrom) stretches.push({ text: text.slice(plainFrom, at), special: false });
      stretches.push({ text: text.slice(at, at + length), special: true });
      at += length;
      plainFrom = at;
    }
    if (plainFrom < text.length) stretches.push({ text: text.slice(plainFrom), special: false });
    return stretches;
  };
}

function insert(root: Node, special: string): void {
  let node = root;
  for (let at = 0; at < special.length; at++) {
    const unit = special.charCodeAt(at);
    let next = node.next.get(unit);
    if (next === undefined) {
      next = { next: new Map(), ends: false };
      node.next.set(unit, next);
    }
    node = next;
  }
  node.ends = true;
}

function longest(root: Node, text: string, from: number): number {
  let node: Node | undefined = root;
  let length = 0;
  for (let at = from; node !== undefined && at <= text.length; at++) {
    if (node.ends) length = at - from;
    node = node.next.get(text.charCodeAt(at));
  }
  return length;
}
