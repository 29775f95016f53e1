import { floats } from './floats.js';
import type { ModelSession } from './session.js';

/** Tokens of the prompt's beginnings on which it is tried. */
const TRIED = [4, 8, 16];
/**
 * Change of the position before a changed last token, relative to the change of the last position. Causal models show
 * 0, and 8-bit ones 0.03 because their rounding depends on all tokens; masked-language models show 0.5 and more.
 */
const READING_AHEAD = 0.2;

/**
 * Whether earlier positions change with a later token, as in encoders. A model with a key/value cache cannot; one
 * that returns the last position alone is not found out.
 */
export async function readsAhead(session: ModelSession, prompt: readonly number[]): Promise<boolean> {
  if (session.cached) return false;
  let before = 0;
  let last = 0;
  for (const length of new Set(TRIED.map((tried) => Math.min(tried, prompt.length)))) {
    const kept = prompt.slice(0, length);
    const final = kept.pop();
    if (final === undefined || kept.length === 0) continue;
    const a = await lastRows(session, [...kept, final]);
    const b = await lastRows(session, [...kept, final === 0 ? 1 : final - 1]);
    if (a === null || b === null) return false;
    before += difference(a.before, b.before);
    last += difference(a.last, b.last);
  }
  return before > READING_AHEAD * last;
}

interface Rows {
  readonly before: Float32Array;
  readonly last: Float32Array;
}

/** Logits of the last two positions; null when the model returns fewer positions than it was given. */
async function lastRows(session: ModelSession, ids: readonly number[]): Promise<Rows | null> {
  const name = session.logitsName;
  const tensor = (await session.forward([ids], { fetch: [name] }))[name];
  const data = floats(tensor, name);
  const width = tensor?.dims.at(-1) ?? 0;
  if (width === 0 || data.length !== width * ids.length) return null;
  return { before: data.slice(-2 * width, -width), last: data.slice(-width) };
}

function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0);
}
