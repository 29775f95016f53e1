import { describe, expect, it } from 'vitest';
import attentionEntropy from '../../src/attention/signals/attention-entropy.js';
import firstTokenMass from '../../src/attention/signals/first-token-mass.js';
import headDispersion from '../../src/attention/signals/head-dispersion.js';
import headSimilarity from '../../src/attention/signals/head-similarity.js';
import layerProfile from '../../src/attention/signals/layer-profile.js';
import type { Measured, Signal } from '../../src/core/types.js';
import { evidence, input, variant } from './evidence.js';

const PER_HEAD = [attentionEntropy, firstTokenMass, headSimilarity];
const SIGNALS = [...PER_HEAD, headDispersion, layerProfile];
const MODEL = evidence({
  layers: [
    [0.9, 0.8, 0.7],
    [0.6, 0.5, 0.1],
  ],
});

function scored(signal: Signal, candidate: unknown, ...references: readonly unknown[]): Measured {
  const implied = variant('other/altered full', [], { kind: 'other', impliedBy: 'full' });
  const result = signal.score(input(candidate, [variant('full', references), implied]));
  if (result.status !== 'scored') throw new Error(result.reason);
  return result;
}

/** Distance to the reference, and how it was compared. */
function distance(signal: Signal, candidate: unknown, reference: unknown): readonly [number, string] {
  const row = scored(signal, candidate, reference).details.find(({ label }) => label.startsWith('to full'));
  if (row?.type !== 'number') throw new Error('no distance');
  return [row.value, row.label];
}

describe.each(SIGNALS.map((signal) => [signal.id, signal] as const))('%s', (_, signal) => {
  it('finds a model equal to itself and prefers the version it is a copy of', () => {
    expect(distance(signal, MODEL, MODEL)[0]).toBeCloseTo(0, 12);
    const { full = 0, other = 0 } = scored(signal, MODEL, MODEL).logLikelihood;
    expect(full).toBe(0);
    expect(other).toBeLessThan(-1);
  });

  it('holds what engines and storage change to be no difference', () => {
    const shaken = evidence({
      layers: [
        [0.90002, 0.79998, 0.70002],
        [0.60001, 0.49998, 0.10002],
      ],
    });
    const { full = 0, other = 0 } = scored(signal, shaken, MODEL).logLikelihood;
    expect(full - other).toBeGreaterThan(1);
  });

  it('takes another model for another one, within finite odds', () => {
    const far = evidence({
      layers: [
        [0.2, 0.9, 0.4],
        [0.9, 0.1, 0.95],
      ],
    });
    const { full = 0, other = 0 } = scored(signal, far, MODEL).logLikelihood;
    expect(full - other).toBeLessThan(-1);
    expect(full).toBeGreaterThan(-40);
  });

  it('does not tell a student from a stranger unless the references do', () => {
    const far = evidence({
      layers: [
        [0.2, 0.9, 0.4],
        [0.9, 0.1, 0.95],
      ],
    });
    const student = variant('other/distilled full', [], { kind: 'distilled', impliedBy: 'full' });
    const result = signal.score(input(far, [variant('full', [MODEL]), student]));
    if (result.status !== 'scored') throw new Error(result.reason);
    const { 'other/distilled full': distilled = 0, other = 0 } = result.logLikelihood;
    expect(distilled).toBe(other);
  });

  it('compares only the kinds both sides have', () => {
    const both = evidence(
      { kind: 'encoder', layers: [[0.3, 0.2]] },
      { layers: MODEL.prompts[0]?.normalizedEntropy ?? [] },
      { kind: 'cross', layers: [[0.1, 0.2]] },
    );
    expect(distance(signal, both, MODEL)[0]).toBeCloseTo(0, 12);
    const result = signal.score(
      input(both, [variant('full', [evidence({ kind: 'cross', layers: [[0.1, 0.2]] })])]),
    );
    expect(result.status).toBe('scored');
    const none = evidence({ kind: 'encoder', layers: [[0.3, 0.2]] });
    expect(signal.score(input(MODEL, [variant('full', [none])])).status).toBe('skipped');
  });

  it('leaves out prompts that were cut elsewhere, and skips when none is left', () => {
    const [first, ...others] = MODEL.prompts;
    if (!first) throw new Error('no prompt');
    const cut = {
      ...MODEL,
      prompts: [
        {
          ...first,
          tokens: 7,
          normalizedEntropy: [
            [0, 0, 0],
            [0, 0, 0],
          ],
        },
        ...others,
      ],
    };
    expect(distance(signal, cut, MODEL)[0]).toBeCloseTo(0, 12);
    expect(scored(signal, cut, MODEL).n).toBe(1);
    const alone = { ...MODEL, prompts: [{ ...first, tokens: 7 }] };
    expect(signal.score(input(alone, [variant('full', [MODEL])])).status).toBe('skipped');
  });

  it('does not guess the depth of layers when some were not measured', () => {
    const missing = [{ operator: 'Odd', count: 1, reason: 'unknown operator' }];
    const half = { ...evidence({ layers: [[0.9, 0.8, 0.7]] }), unmeasured: missing };
    expect(signal.score(input(half, [variant('full', [MODEL])])).status).toBe('skipped');
    const noisy = { ...MODEL, unmeasured: missing };
    expect(distance(signal, noisy, noisy)[0]).toBeCloseTo(0, 12);
  });

  it('never favours a hypothesis without a reference that has attention', () => {
    const silent = variant('student', [{ layers: 2 }], { kind: 'distilled' });
    const result = signal.score(input(MODEL, [variant('full', [MODEL]), silent]));
    if (result.status !== 'scored') throw new Error(result.reason);
    // Unmeasured weights of their own do not coincide with the reference, so they can only lose by it.
    expect(result.logLikelihood.student ?? 0).toBeLessThanOrEqual(result.logLikelihood.full ?? 0);
    const far = signal.score(
      input(evidence({ layers: [[0.1, 0.9, 0.2]] }), [variant('full', [MODEL]), silent]),
    );
    if (far.status !== 'scored') throw new Error(far.reason);
    expect(far.logLikelihood.student).toBe(0);
  });

  it('compares stacks of other heights at equal relative depth', () => {
    const tall = evidence({
      layers: [
        [0.9, 0.7],
        [0.7, 0.5],
        [0.5, 0.3],
      ],
    });
    const short = evidence({
      layers: [
        [0.9, 0.7],
        [0.5, 0.3],
      ],
    });
    expect(distance(signal, short, tall)[0]).toBeCloseTo(0, 12);
    expect(distance(signal, tall, short)[0]).toBeCloseTo(0, 12);
    const one = evidence({ layers: [[0.9, 0.7]] });
    expect(distance(signal, one, tall)[0]).toBeGreaterThanOrEqual(0);
  });
});

describe('per-head signals', () => {
  it.each(PER_HEAD.map((signal) => [signal.id, signal] as const))(
    '%s compares head by head in one shape',
    (_, signal) => {
      const permuted = evidence({
        layers: [
          [0.8, 0.7, 0.9],
          [0.1, 0.6, 0.5],
        ],
      });
      // (0.1 + 0.1 + 0.2) / 3 and (0.5 + 0.1 + 0.4) / 3, averaged over two layers.
      expect(distance(signal, permuted, MODEL)).toEqual([
        expect.closeTo(0.7 / 3, 9),
        'to full, head by head',
      ]);
    },
  );

  it.each(PER_HEAD.map((signal) => [signal.id, signal] as const))(
    '%s compares distributions in another shape',
    (_, signal) => {
      const doubled = evidence({
        layers: [
          [0.7, 0.7, 0.8, 0.8, 0.9, 0.9],
          [0.1, 0.1, 0.5, 0.5, 0.6, 0.6],
        ],
      });
      expect(distance(signal, doubled, MODEL)).toEqual([expect.closeTo(0, 12), 'to full, by depth']);
      const raised = evidence({
        layers: [
          [0.85, 0.95],
          [0.15, 0.65],
        ],
      });
      // Layer 0: quantiles 0.85 0.95 against 0.7 0.8 0.9: thirds and halves, (0.15 + 0.05 / 2 + 0.15 / 2 + 0.05) / 3.
      // Layer 1: 0.15 0.65 against 0.1 0.5 0.6: (0.05 + 0.35 / 2 + 0.15 / 2 + 0.05) / 3.
      expect(distance(signal, raised, MODEL)[0]).toBeCloseTo((0.3 / 3 + 0.35 / 3) / 2, 9);
    },
  );

  it('do not see an order of heads that depth alone interpolates', () => {
    const tall = evidence({
      layers: [
        [0.9, 0.7],
        [0.5, 0.7],
        [0.3, 0.5],
      ],
    });
    const short = evidence({
      layers: [
        [0.7, 0.9],
        [0.5, 0.3],
      ],
    });
    expect(distance(attentionEntropy, short, tall)[0]).toBeCloseTo(0, 12);
  });
});

describe('per-layer signals', () => {
  it('head-dispersion measures the spread, not the level', () => {
    const shifted = evidence({
      layers: [
        [0.8, 0.7, 0.6],
        [0.5, 0.4, 0],
      ],
    });
    expect(distance(headDispersion, shifted, MODEL)[0]).toBeCloseTo(0, 9);
    const flat = evidence({
      layers: [
        [0.8, 0.8, 0.8],
        [0.6, 0.5, 0.1],
      ],
    });
    expect(distance(headDispersion, flat, MODEL)[0]).toBeCloseTo(0.05, 9);
  });

  it('layer-profile averages the change of entropy and of distance', () => {
    const lower = evidence({
      layers: [
        [0.8, 0.7, 0.6],
        [0.6, 0.5, 0.1],
      ],
    });
    expect(distance(layerProfile, lower, MODEL)[0]).toBeCloseTo(0.05, 9);
    const nearer = {
      ...MODEL,
      prompts: MODEL.prompts.map((prompt) => ({
        ...prompt,
        meanDistance: prompt.meanDistance.map((row) => row.map((value) => value - 0.1 * prompt.tokens)),
      })),
    };
    expect(distance(layerProfile, nearer, MODEL)[0]).toBeCloseTo(0.05, 9);
  });

  it('a layer with one head has no spread', () => {
    const single = evidence({ layers: [[0.9], [0.4]] });
    expect(distance(headDispersion, single, single)[0]).toBeCloseTo(0, 12);
  });
});
