import type { GgufCursor } from './cursor.js';
import { MAX_TENSORS } from './limits.js';
import type { Pairs } from './metadata.js';

const DEFAULT_ALIGNMENT = 32;
const U32 = 4;
/** gguf-split counts parts in 16 bits. */
const MAX_PARTS = 65_535;
const TENSORS = 'split.tensors.count';

/** general.alignment: a power of two, as a u32. */
export function alignmentOf(cursor: GgufCursor, { values, places }: Pairs): number {
  const place = places.get('general.alignment');
  if (place === undefined) return DEFAULT_ALIGNMENT;
  const value = values.get('general.alignment');
  if (place.type === U32 && typeof value === 'number' && Math.log2(value) % 1 === 0) return value;
  const found = place.type === U32 ? value : `of value type ${place.type}`;
  const what = `general.alignment is ${found}; expected a power of two as an unsigned 32-bit integer`;
  throw cursor.invalid('GGUF_ALIGNMENT', place.at, what);
}

/** `split.*` of one file. gguf-split writes a count of 0 into the file it merges, and leaves the other two there. */
export function checkSplitKeys(cursor: GgufCursor, { values, places }: Pairs, tensors: number): void {
  const at = (key: string): number => places.get(key)?.at ?? 0;
  const number = (key: string): number | undefined => {
    const value = values.get(key);
    if (places.get(key) === undefined) return undefined;
    const limit = key === TENSORS ? MAX_TENSORS * MAX_PARTS : MAX_PARTS;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= limit) return value;
    throw cursor.invalid('GGUF_SPLIT', at(key), `${key} is no count up to ${limit}`);
  };
  const index = number('split.no');
  const count = number('split.count');
  const total = number(TENSORS);
  if (count === undefined || count === 0) {
    if (!index) return;
    const what = `split.no is ${index}, but split.count is ${count ?? 'absent'}`;
    throw cursor.invalid('GGUF_SPLIT', at('split.no'), what);
  }
  if (index === undefined || index >= count) {
    const what = `split.no is ${index ?? 'absent'}; expected 0 to ${count - 1}, as split.count is ${count}`;
    throw cursor.invalid('GGUF_SPLIT', at('split.no') || at('split.count'), what);
  }
  if (total === undefined || total >= tensors) return;
  const what = `split.tensors.count is ${total}, but this file alone has ${tensors}`;
  throw cursor.invalid('GGUF_SPLIT', at(TENSORS), what);
}
