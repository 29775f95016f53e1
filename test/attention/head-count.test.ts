import { describe, expect, it } from 'vitest';
import type { AttentionEvidence } from '../../src/attention/probes/attention-statistics.js';
import headCount from '../../src/attention/signals/head-count.js';
import type { Measured } from '../../src/core/types.js';
import { evidence, input, variant } from './evidence.js';

const layers = (count: number, heads: number) =>
  Array.from({ length: count }, () => Array.from({ length: heads }, () => 0.5));
const shared = (seen: AttentionEvidence, ...keyValueHeads: (number | null)[]): AttentionEvidence => ({
  ...seen,
  sites: seen.sites.map((site, i) => ({ ...site, keyValueHeads: keyValueHeads[i] ?? null })),
});
const unmeasured = (seen: AttentionEvidence, count: number): AttentionEvidence => ({
  ...seen,
  unmeasured: [{ operator: 'Odd', count, reason: 'unknown operator' }],
});

const FACTS = { layers: 4, attentionHeads: 8, keyValueHeads: 2 };
const FULL = evidence({ layers: layers(4, 8) });

function scored(candidate: AttentionEvidence, facts = FACTS, runs: readonly unknown[] = []): Measured {
  const result = headCount.score(input(candidate, [variant('full', runs, { facts })]));
  if (result.status !== 'scored') throw new Error(result.reason);
  return result;
}
const accuses = (...args: Parameters<typeof scored>) => scored(...args).logLikelihood.full !== 0;

describe('head-count', () => {
  it('accepts what the profile states and counts any number of differences once', () => {
    expect(scored(FULL).logLikelihood).toEqual({ full: 0 });
    expect(scored(evidence({ layers: layers(2, 4) })).logLikelihood).toEqual({ full: Math.log(1e-3) });
    expect(scored(evidence({ layers: [...layers(3, 8), ...layers(1, 6)] })).observed).toBe(
      '4 layers with 8/6 heads',
    );
  });

  it('counts layers that attend to their own stack only', () => {
    const both = evidence(
      { kind: 'encoder', layers: layers(6, 12) },
      { layers: layers(4, 8) },
      { kind: 'cross', layers: layers(4, 8) },
    );
    expect(scored(both).observed).toBe('4 layers with 8 heads');
    expect(accuses(both)).toBe(false);
    const result = headCount.score(
      input(evidence({ kind: 'cross', layers: layers(4, 8) }), [variant('full', [], { facts: FACTS })]),
    );
    expect(result.status).toBe('skipped');
  });

  it('does not accuse for layers that were not measured, and says that there are some', () => {
    const seen = unmeasured(evidence({ layers: layers(3, 8) }), 1);
    expect(accuses(seen)).toBe(false);
    expect(scored(seen).observed).toBe('3 layers with 8 heads, 1 not measured');
    expect(scored(seen).details).toContainEqual({ type: 'number', label: 'layers not measured', value: 1 });
  });

  it('still counts what was measured when layers are missing', () => {
    expect(accuses(unmeasured(evidence({ layers: layers(5, 8) }), 1))).toBe(true);
    expect(accuses(unmeasured(evidence({ layers: layers(3, 4) }), 1))).toBe(true);
  });

  it('compares key/value heads where a run shows them apart', () => {
    expect(accuses(shared(FULL, 2, 2, 2, 2))).toBe(false);
    expect(accuses(shared(FULL, 2, null, 2, 4))).toBe(true);
    expect(accuses(shared(FULL))).toBe(false);
    expect(accuses(shared(FULL, 4, 4, 4, 4), { layers: 4, attentionHeads: 8 } as typeof FACTS)).toBe(false);
  });

  it('takes keys and values that an exporter repeated for no evidence', () => {
    expect(accuses(shared(FULL, 8, 8, 8, 8))).toBe(false);
    const row = scored(shared(FULL, 8, 8, 8, 8)).details.find(({ label }) => label === 'key/value heads');
    expect(row).toMatchObject({ value: 'not shown apart' });
  });

  it('accepts what a reference shows in a run, whatever its configuration counts', () => {
    const twice = evidence({ layers: layers(8, 4) });
    expect(accuses(twice)).toBe(true);
    expect(accuses(twice, FACTS, [twice])).toBe(false);
    const implied = variant('other/quantized full', [], {
      kind: 'quantized',
      facts: FACTS,
      impliedBy: 'full',
    });
    const result = headCount.score(input(twice, [variant('full', [twice], { facts: FACTS }), implied]));
    expect(result).toMatchObject({ logLikelihood: { full: 0, 'other/quantized full': 0 } });
  });

  it('is skipped when the profile states no heads', () => {
    expect(headCount.score(input(FULL, [variant('full', [FULL])])).status).toBe('skipped');
  });
});
