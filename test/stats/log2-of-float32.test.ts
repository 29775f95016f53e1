import { describe, expect, it } from 'vitest';
import { log2OfFloat32 } from '../../src/stats/entropy-bits.js';

describe('log2OfFloat32', () => {
  it('agrees with Math.log2 to 1e-10 over bit patterns in (0, 1], subnormals included', () => {
    const value = new Float32Array(1);
    const bits = new Int32Array(value.buffer);
    let worst = 0;
    for (let pattern = 1; pattern <= 0x3f800000; pattern += 9973) {
      bits[0] = pattern;
      const float = value[0] ?? 0;
      worst = Math.max(worst, Math.abs(log2OfFloat32(float, pattern) - Math.log2(float)));
    }
    expect(worst).toBeLessThan(1e-10);
  });
});
