import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VariantView, VersionKind } from '../../src/core/types.js';
import { type ClosenessScale, scoreCloseness } from '../../src/stats/closeness.js';

/** A model is a point on a line, and the distance is a logarithm, as of log-probabilities in nats. */
interface Point {
  readonly at: number;
  readonly doubt?: number;
}

const scale: ClosenessScale<Point> = {
  unit: 'nats',
  display: Math.exp,
  decimals: 4,
  closer: -1,
  read: (data) => (data.point as Point | undefined) ?? null,
  compare: (a, b) => ({ value: Math.log(Math.abs(a.at - b.at) + 5e-4), n: 100, doubt: a.doubt ?? 0 }),
  incomparable: 'nothing to compare',
  sameWeights: { location: Math.log(3e-3), scale: 0.8, df: 20 },
  quantized: { location: Math.log(0.1), scale: 1 },
  distilled: { location: Math.log(0.3), scale: 0.3 },
  altered: { location: Math.log(0.1), scale: 1 },
  unrelated: { location: Math.log(0.5), scale: 0.5 },
  seedScale: 0.15,
  elsewhere: { location: Math.log(0.5), scale: 0.8 },
};

function view(id: string, kind: VersionKind, ...places: number[]): VariantView {
  const runs = places.map((at, index) => ({ artifact: `${id}-${index}`, data: { point: { at } } }));
  return { id, kind, facts: {}, digests: [], runs };
}

function implied(kind: 'quantized' | 'distilled' | 'other', impliedBy: string): VariantView {
  const id = `other/${kind === 'other' ? 'altered' : kind} ${impliedBy}`;
  return { id, kind, facts: {}, digests: [], runs: [], impliedBy };
}

function logs(
  candidate: Point,
  variants: VariantView[],
  strangers: VariantView[] = [],
): Record<string, number> {
  const result = scoreCloseness(scale, candidate, { variants, strangers });
  if (result.status === 'skipped') throw new Error(result.reason);
  return { ...result.logLikelihood };
}

const claimed = view('full', 'full');
const copies = [implied('quantized', 'full'), implied('other', 'full')];
const suspected = [claimed, view('student', 'distilled', 0), ...copies];

describe('a suspect at hand, and a claimed version that nobody measured', () => {
  it('identifies the suspect by coincidence, against the claim and its copies', () => {
    const found = logs({ at: 1e-3 }, suspected);
    expect(found.student).toBe(0);
    for (const id of ['full', 'other', 'other/quantized full', 'other/altered full'])
      expect(found[id], id).toBeLessThan(-10);
  });

  it('names an 8-bit copy of the suspect the likeliest, without refuting by that alone', () => {
    const found = logs({ at: 0.04 }, suspected);
    expect(found.student).toBe(0);
    expect(found.full).toBeLessThan(-4);
    expect(found.full).toBeGreaterThan(Math.log(1e-3));
  });

  it('takes nothing from an honest model at the distance of a relative or any larger one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 50, noNaN: true }),
        fc.constantFrom(0, 1e-5, 0.1, 0.9),
        (at, doubt) => {
          expect(logs({ at, doubt }, suspected).full).toBeCloseTo(0, 12);
        },
      ),
    );
  });

  it('works the other way round: a teacher at hand, and its student claimed', () => {
    const variants = [view('full', 'full', 0), view('student', 'distilled'), ...copies];
    expect(logs({ at: 1e-3 }, variants).student).toBeLessThan(-10);
    expect(logs({ at: 0.35 }, variants).student).toBe(0);
  });

  it('does not hold a copy made from the claimed version against it', () => {
    const variants = [claimed, view('int8', 'quantized', 0), implied('distilled', 'full')];
    for (const at of [0.04, 0.1, 0.36]) expect(logs({ at }, variants).full, String(at)).toBeGreaterThan(-1.5);
  });

  it('identifies an unrelated suspect too, unless it is a measured version itself', () => {
    const stranger = view('suspect', 'other', 0);
    const found = logs({ at: 1e-3 }, [claimed, ...copies, view('student', 'distilled', 9)], [stranger]);
    expect(found.other).toBe(0);
    expect(found.full).toBeLessThan(-10);
    const same = logs({ at: 1e-3 }, [view('full', 'full', 1e-3), ...copies], [stranger]);
    expect(same.full).toBe(0);
  });
});

describe('doubt whether two runs read the same text', () => {
  const variants = [view('full', 'full', 0), implied('quantized', 'full'), implied('other', 'full')];

  it('bounds what distance says against a claim', () => {
    const far = (doubt: number): number => logs({ at: 0.4, doubt }, variants).full ?? 0;
    expect(far(0)).toBeLessThan(-9);
    expect(far(5e-3)).toBeGreaterThan(-6);
    expect(far(5e-3)).toBeLessThan(-2);
    expect(far(0.9)).toBeGreaterThan(-0.7);
  });

  it('leaves coincidence its weight', () => {
    expect(logs({ at: 5e-4, doubt: 0.5 }, variants).other).toBeLessThan(-6);
    expect(logs({ at: 5e-4, doubt: 0.5 }, variants).full).toBe(0);
  });
});

it('two copies of one artifact show no spread of its kind', () => {
  const variants = [view('full', 'full', 5), view('student', 'distilled', 0, 1e-4)];
  expect(logs({ at: 8e-3 }, variants).student).toBe(0);
});
