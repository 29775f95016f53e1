import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import { studentTLogPdf } from '../../src/stats/student-t.js';
import { eValueAgainst } from '../../src/verdict/e-value.js';
import type { Vote } from '../../src/verdict/weigh.js';

const BETS = { student: 0.5, other: 0.5 };
const DELIVERY = ['identity', 'lineage', 'architecture', 'precision', 'log-probabilities'];

function vote(group: string, full: number, student = 0, other = 0, streams = 1): Vote {
  return { group, signals: [group], vote: { full, student, other }, streams };
}

const against = (votes: readonly Vote[], kind = 'onnx'): number => eValueAgainst('full', votes, BETS, kind);

describe('e-value against a claim', () => {
  it('is 1 without evidence', () => {
    expect(against([])).toBe(1);
  });

  it('mixes the rivals by their priors and averages over the groups that could accuse', () => {
    const value = against([vote('log-probabilities', -10, 0, -2)]);
    expect(value).toBeCloseTo((4 + (0.5 + 0.5 * Math.exp(-2)) * Math.exp(10)) / 5, 6);
  });

  it('pays for the comparisons a vote is the worst of', () => {
    const [one, four] = [1, 4].map((streams) => against([vote('precision', -12, 0, 0, streams)]));
    expect((five(one) - 4) / (five(four) - 4)).toBeCloseTo(4, 9);
  });

  it('never reaches more than the strongest group alone, however many agree', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -14, max: 0, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (nats) => {
          const value = against(DELIVERY.map((group, i) => vote(group, nats[i] ?? 0)));
          expect(value).toBeLessThanOrEqual(Math.exp(-Math.min(...nats)) * (1 + 1e-12));
        },
      ),
    );
  });

  it('ignores groups that cannot accuse such a candidate', () => {
    expect(against([vote('attention', -10), vote('token-counts', -10)])).toBe(1);
    expect(against([vote('token-counts', -10)], 'endpoint')).toBeGreaterThan(1000);
  });

  // Every group sees the same draw, the worst dependence there is, and the accuser stops at the worst moment.
  it('keeps its promise for honest candidates whose groups all repeat one stream, stopped at the worst moment', () => {
    const rng = seededRng(6);
    const audits = 4000;
    const level = 20;
    let accused = 0;
    for (let audit = 0; audit < audits; audit++) {
      let worst = 0;
      let logs = { full: 0, student: 0, other: 0 };
      for (let look = 0; look < 12; look++) {
        const x = normal(rng);
        const density = (location: number): number => studentTLogPdf(x, { df: 1e6, location, scale: 1 });
        logs = {
          full: logs.full + density(0),
          student: logs.student + density(0.8),
          other: logs.other + density(-0.8),
        };
        const best = Math.max(logs.full, logs.student, logs.other);
        const votes = DELIVERY.map((group) =>
          vote(group, logs.full - best, logs.student - best, logs.other - best),
        );
        worst = Math.max(worst, against(votes));
      }
      if (worst >= level) accused++;
    }
    expect(accused).toBeGreaterThan(0);
    expect(accused / audits).toBeLessThanOrEqual(1 / level);
  });
});

const five = (value: number | undefined): number => 5 * (value ?? 0);

/** Box and Muller 1958. */
function normal(rng: ReturnType<typeof seededRng>): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
