import { describe, expect, it } from 'vitest';
import { seededRng, shuffled } from '../../src/core/rng.js';

describe('seededRng', () => {
  it('repeats for a seed and differs for another', () => {
    const draw = (seed: number) => Array.from({ length: 4 }, seededRng(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('is uniform to 3.5 standard errors over 100,000 draws in ten bins', () => {
    const rng = seededRng(1);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bin = Math.floor(rng() * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const standardError = Math.sqrt(100_000 * 0.1 * 0.9);
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(3.5 * standardError);
  });

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const mixed = shuffled(items, seededRng(3));
    expect(mixed).not.toEqual(items);
    expect([...mixed].sort((a, b) => a - b)).toEqual(items);
  });
});
