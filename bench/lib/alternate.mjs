/**
 * Time two things in turn, A B A B …, so that a change of the machine's load falls on both.
 * `first` and `second` return a number (milliseconds, or a rate); `warmUp` rounds are run and dropped.
 */
export async function alternate(first, second, { rounds, warmUp = 1 }) {
  const pairs = [];
  for (let round = -warmUp; round < rounds; round++) {
    // Swapping the order each round takes away the advantage of running second.
    const swapped = round % 2 !== 0;
    const early = await (swapped ? second : first)();
    const late = await (swapped ? first : second)();
    if (round >= 0) pairs.push(swapped ? [late, early] : [early, late]);
  }
  return pairs;
}

/** Median and range of the per-round ratios `second / first`, and the medians of both sides. */
export function ratioOf(pairs) {
  const ratios = pairs.map(([first, second]) => second / first);
  return {
    rounds: pairs.length,
    ratio: median(ratios),
    low: Math.min(...ratios),
    high: Math.max(...ratios),
    first: median(pairs.map(([value]) => value)),
    second: median(pairs.map(([, value]) => value)),
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
