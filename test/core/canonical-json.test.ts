import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.js';

describe('canonicalJson', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).toBe(canonicalJson({ a: { c: 3, d: 2 }, b: 1 }));
  });

  it('drops a last-bit difference and writes what is not finite as null', () => {
    expect(canonicalJson(0.1 + 0.2)).toBe(canonicalJson(0.3));
    expect(canonicalJson([Number.NaN, Number.POSITIVE_INFINITY])).toBe('[\n null,\n null\n]\n');
  });

  it('is a fixed point: reading and writing again changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = canonicalJson(value);
        expect(canonicalJson(JSON.parse(once))).toBe(once);
      }),
    );
  });
});
