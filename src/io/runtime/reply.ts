import { AssayError } from '../../core/errors.js';

/** Attention of 128 layers of 128 heads is 0.5 MB, a scored passage 0.3 MB; the caller keeps every reply. */
const MAX_BYTES = 16 * 2 ** 20;
const NUMBER_BYTES = 8;

/** The value itself when it is small enough to send. Throws FORMAT_LIMIT for what only a hostile file makes. */
export function checkedReply<T>(value: T): T {
  if (sizeWithin(value, MAX_BYTES) >= 0) return value;
  throw new AssayError('FORMAT_LIMIT', `The candidate answered with more than ${MAX_BYTES} bytes.`, {
    hint: 'A tokenizer or model that multiplies its input is hostile; ask the vendor for the original files.',
  });
}

/** What is left of `budget` after `value`, negative as soon as it is spent. */
function sizeWithin(value: unknown, budget: number): number {
  if (typeof value === 'string') return budget - value.length * 2;
  if (typeof value !== 'object' || value === null) return budget - NUMBER_BYTES;
  let left = budget - NUMBER_BYTES;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (left < 0) break;
    left = sizeWithin(item, left);
  }
  return left;
}
