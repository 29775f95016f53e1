import { hashOf } from './plan.js';

/** Anchors by string; two thirds of them are usually in a related vocabulary. */
export const STRINGS = 64;
export const IDS = 32;
/** Fewer shared anchors do not describe a neuron. */
export const MIN_SHARED = 32;

/** Words most vocabularies of Latin script keep whole, and train well. */
const WORD = /^ ?[A-Za-z]{2,12}$/;
/** Two characters or more that are no special, byte or unused token. */
const PIECE = /^[^<[\p{Cc}]\P{Cc}{1,23}$/u;

export interface Anchors {
  readonly by: 'string' | 'id';
  readonly ids: readonly number[];
  readonly strings: readonly string[];
}

/** Byte-level BPE writes a leading space as Ġ, SentencePiece as ▁. */
function plain(token: string): string {
  return token.replace(/^[Ġ▁]/, ' ');
}

/** Anchor tokens of a vocabulary of `size` ids: by string where the strings are known, and by id. */
export function chooseAnchors(size: number, vocabulary: readonly string[] | null): Anchors[] {
  const byId = Array.from({ length: size }, (_, id) => id)
    .sort((a, b) => hashOf(`${a}`) - hashOf(`${b}`) || a - b)
    .slice(0, IDS);
  const ids: Anchors = { by: 'id', ids: byId, strings: [] };
  return vocabulary === null ? [ids] : [byString(vocabulary.slice(0, size)), ids];
}

function byString(vocabulary: readonly string[]): Anchors {
  const known = new Map<string, number>();
  for (const [id, token] of vocabulary.entries()) {
    const text = typeof token === 'string' ? plain(token) : '';
    if (PIECE.test(text) && !known.has(text)) known.set(text, id);
  }
  const ordered = [...known.keys()].sort(
    (a, b) => Number(WORD.test(b)) - Number(WORD.test(a)) || hashOf(a) - hashOf(b) || (a < b ? -1 : 1),
  );
  const strings = ordered.slice(0, STRINGS);
  return { by: 'string', ids: strings.map((text) => known.get(text) as number), strings };
}

/** Columns that two sets of anchors share, as indices into each. */
export interface SharedAnchors {
  readonly by: 'string' | 'id';
  /** Which set of each side. */
  readonly sets: readonly [number, number];
  readonly columns: readonly (readonly [number, number])[];
}

interface Known {
  readonly vocabulary: number;
  readonly anchors: readonly Anchors[];
}

/**
 * Ways in which two models can be put side by side: by the strings they share, and by id where their vocabularies have
 * one size. Both are tried, because a tokenizer that was exchanged or renamed is delivered as easily as the right one.
 */
export function sharedAnchors(a: Known, b: Known): SharedAnchors[] {
  return (['string', 'id'] as const).flatMap((by): SharedAnchors[] => {
    if (by === 'id' && a.vocabulary !== b.vocabulary) return [];
    const sets = [a, b].map(({ anchors }) => anchors.findIndex((set) => set.by === by));
    const [left = -1, right = -1] = sets;
    const keys = (side: Known, index: number): readonly (string | number)[] =>
      side.anchors[index]?.[by === 'string' ? 'strings' : 'ids'] ?? [];
    const places = new Map(keys(b, right).map((key, i) => [key, i]));
    const columns = keys(a, left).flatMap((key, i): [number, number][] => {
      const j = places.get(key);
      return j === undefined ? [] : [[i, j]];
    });
    return columns.length < MIN_SHARED ? [] : [{ by, sets: [left, right], columns }];
  });
}
