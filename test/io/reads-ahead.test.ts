import { describe, expect, it } from 'vitest';
import { readsAhead } from '../../src/io/runtime/reads-ahead.js';
import type { ModelSession } from '../../src/io/runtime/session.js';

const VOCABULARY = 32;
const PROMPT = Array.from({ length: 20 }, (_, i) => (7 * i + 3) % VOCABULARY);

/** Logits that follow each position's own token, and the next one by `ahead`; `rows` positions are returned. */
function session(ahead: number, rows = Number.POSITIVE_INFINITY, cached = false): ModelSession {
  const forward: ModelSession['forward'] = async ([ids = []]) => {
    const first = Math.max(0, ids.length - rows);
    const data = ids
      .slice(first)
      .flatMap((id, i) =>
        Array.from(
          { length: VOCABULARY },
          (_, word) => Math.sin(id * word) + ahead * Math.cos((ids[first + i + 1] ?? 0) * word),
        ),
      );
    const dims = [1, ids.length - first, VOCABULARY];
    return { logits: { type: 'float32', data: Float32Array.from(data), dims } } as never;
  };
  return { logitsName: 'logits', cached, forward } as unknown as ModelSession;
}

describe('readsAhead', () => {
  it('finds a model whose earlier positions follow a later token', async () => {
    expect(await readsAhead(session(1), PROMPT)).toBe(true);
    expect(await readsAhead(session(1), PROMPT.slice(0, 3))).toBe(true);
  });
  it('passes a causal model, also one whose rounding depends on all tokens', async () => {
    expect(await readsAhead(session(0), PROMPT)).toBe(false);
    expect(await readsAhead(session(0.05), PROMPT)).toBe(false);
  });
  it('asks nothing of a model with a cache, and cannot tell from one position', async () => {
    expect(await readsAhead(session(1, 99, true), PROMPT)).toBe(false);
    expect(await readsAhead(session(1, 1), PROMPT)).toBe(false);
    expect(await readsAhead(session(1), PROMPT.slice(0, 1))).toBe(false);
    expect(await readsAhead(session(1), [])).toBe(false);
  });
});
