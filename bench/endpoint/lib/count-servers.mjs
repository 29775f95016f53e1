// Servers reduced to what they report as prompt tokens: honest ones of many habits, and sellers that cheat.
const always = (stack, overhead) => () => ({ stack, overhead });
const between = (rng, low, high) => low + Math.floor(rng() * (high - low + 1));

/** Each makes the habit of one session: request number → counter and overhead, or a finished number. */
export const HONEST = {
  plain: (rng, own) => always(own, between(rng, 3, 12)),
  'think prefix': (rng, own) => always(own, between(rng, 5, 14)),
  'hidden prompt': (rng, own) => always(own, between(rng, 20, 900)),
  'no template': (_rng, own) => always(own, 0),
  'cl100k recount': (rng) => always('cl100k', between(rng, 0, 11)),
  'o200k recount': (rng) => always('o200k', between(rng, 0, 11)),
  'characters/4': (rng) => {
    const extra = between(rng, 0, 10);
    return (_at, { text }) => ({ total: Math.ceil(text.length / 4) + extra });
  },
  'bytes/3':
    () =>
    (_at, { text }) => ({ total: Math.ceil(Buffer.byteLength(text) / 3) }),
  'words x 1.3':
    () =>
    (_at, { text }) => ({ total: Math.round(text.split(/\s+/).length * 1.3) }),
  'two templates': (rng, own) => {
    const [a, b] = [between(rng, 3, 12), between(rng, 3, 30)];
    return () => ({ stack: own, overhead: rng() < 0.5 ? a : b });
  },
  'replica with hidden prompt': (rng, own) => {
    const [a, b, share] = [between(rng, 3, 12), between(rng, 20, 400), rng() * 0.3];
    return () => ({ stack: own, overhead: rng() < share ? b : a });
  },
  'prompt changed midway': (rng, own) => {
    const [a, b, from] = [between(rng, 3, 60), between(rng, 3, 60), between(rng, 1, 100)];
    return (at) => ({ stack: own, overhead: at < from ? a : b });
  },
  'plus or minus one': (rng, own) => {
    const a = between(rng, 4, 12);
    return () => ({ stack: own, overhead: a + between(rng, -1, 1) });
  },
  'cl100k replica': (rng, own) => {
    const [a, b, share] = [between(rng, 3, 12), between(rng, 0, 12), 0.02 + rng() * 0.4];
    return () => (rng() < share ? { stack: 'cl100k', overhead: b } : { stack: own, overhead: a });
  },
  'characters/4 replica': (rng, own) => {
    const [a, share] = [between(rng, 3, 12), 0.01 + rng() * 0.3];
    return (_at, { text }) =>
      rng() < share ? { total: Math.ceil(text.length / 4) + 4 } : { stack: own, overhead: a };
  },
  'sums retries': (rng, own) => {
    const a = between(rng, 3, 12);
    return (_at, { counts }) =>
      rng() < 0.02 ? { total: 2 * (counts[own] + a) } : { stack: own, overhead: a };
  },
  'odd overheads now and then': (rng, own) => {
    const a = between(rng, 3, 12);
    return () => ({ stack: own, overhead: rng() < 0.02 ? between(rng, 0, 300) : a });
  },
  'rounds to tens': (rng, own) => {
    const a = between(rng, 3, 12);
    return (_at, { counts }) => ({ total: 10 * Math.ceil((counts[own] + a) / 10) });
  },
  'date in the prompt': (rng, own) => {
    const a = between(rng, 20, 60);
    return () => ({ stack: own, overhead: a + between(rng, 0, 2) });
  },
  'leaves out cached tokens': (rng, own) => {
    const a = between(rng, 70, 90);
    return () =>
      rng() < 0.7 ? { stack: own, overhead: a - 64, cached: 64 } : { stack: own, overhead: a, cached: 0 };
  },
  'constant usage': () => () => ({ total: 42 }),
  'no usage': () => () => ({ total: null }),
  'zero usage': () => () => ({ total: 0 }),
  'usage now and then': (rng, own) => () => (rng() < 0.5 ? { total: null } : { stack: own, overhead: 6 }),
};

/** The claimed model is not what answers, or not always. */
export const CHEATS = {
  'other model': (rng, _own, foreign) => always(foreign, between(rng, 3, 12)),
  'other model, hidden prompt': (rng, _own, foreign) => always(foreign, between(rng, 20, 900)),
  'other model, two templates': (rng, _own, foreign) => {
    const [a, b] = [between(rng, 3, 12), between(rng, 3, 30)];
    return () => ({ stack: foreign, overhead: rng() < 0.5 ? a : b });
  },
};
export const diluted = (share) => (rng, own, foreign) => {
  const a = between(rng, 3, 12);
  return () => ({ stack: rng() < share ? foreign : own, overhead: a, foreign: 0 });
};

/** What a habit reports for a text. */
export function reported(habit, at, drawn) {
  const { stack, overhead, total, cached = null } = habit(at, drawn);
  return {
    ...drawn,
    stack,
    promptTokens: total === undefined ? drawn.counts[stack] + overhead : total,
    completionTokens: 1,
    cachedTokens: cached,
    model: null,
    quirks: [],
  };
}
