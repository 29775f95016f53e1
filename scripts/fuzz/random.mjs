/** Small deterministic generator (sfc32): one stream per seed and execution, so that each can be repeated alone. */
export function randomStream(seed, execution) {
  let a = seed | 0;
  let b = execution | 0;
  let c = Math.floor(execution / 2 ** 32) ^ 0x9e3779b9;
  let d = 1;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return {
    /** A whole number from 0 to `limit` - 1. */
    below: (limit) => next() % limit,
    pick: (list) => list[next() % list.length],
  };
}
