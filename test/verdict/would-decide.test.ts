import { describe, expect, it } from 'vitest';
import type { SignalCalibration } from '../../src/core/types.js';
import type { Costs } from '../../src/verdict/costs.js';
import { type OpenCase, whatWouldDecide } from '../../src/verdict/would-decide.js';
import { BETS, CHEAP, FAILED, skipped } from '../support/judgements.js';

const PASSAGES = skipped('log-probability-distance', 'log-probabilities');
const DESCENT = skipped('lineage', 'lineage');
const BITS = skipped('weight-precision', 'precision', 'trivial');
const SIGNALS = [PASSAGES, DESCENT, BITS];

const PROBES: Readonly<Record<string, string>> = {
  'log-probability-distance': 'log-probabilities',
  lineage: 'lineage',
  'weight-precision': 'quantization',
};
const PRICE: Readonly<Record<string, number>> = { 'log-probabilities': 384, generation: 90 };
const COSTS: Costs = {
  missing: (signal) => [PROBES[signal] ?? 'files'],
  of: (probes) => {
    const tokens = probes.reduce((sum, probe) => sum + (PRICE[probe] ?? 0), 0);
    return { requests: tokens === 0 ? 0 : 8, tokens };
  },
  larger: () => undefined,
};

const calibrated = (powers: Readonly<Record<string, SignalCalibration['power']>>) =>
  Object.fromEntries(
    Object.entries(powers).map(([id, power]) => [id, { runs: 9, noise: 0.3, power }] as const),
  );
const decides = (open: Partial<OpenCase>, leads = true) =>
  whatWouldDecide(
    {
      weighing: { votes: [] },
      bets: BETS,
      blockers: [],
      costs: COSTS,
      needed: { uphold: 4.6, refute: 6.9 },
      ...open,
    },
    'full',
    'student',
    SIGNALS,
    leads,
  );
const about = (remedies: ReturnType<typeof decides>, text: string) =>
  remedies.findIndex(({ sentence }) => sentence.startsWith(text));

describe('what would decide', () => {
  it('names what is missing with the cost of its probe', () => {
    const remedies = decides({});
    expect(remedies[about(remedies, 'Log-probabilities')]).toMatchObject({ requests: 8, tokens: 384 });
    expect(remedies[about(remedies, 'The weight matrices')]).toMatchObject({ requests: 0, tokens: 0 });
    expect(remedies.map(({ sentence }) => sentence).join()).not.toContain('Expected');
  });

  it('names no cost where the suite is not known', () => {
    for (const remedy of decides({ costs: undefined })) expect(Object.keys(remedy)).toEqual(['sentence']);
  });

  it('does not ask for what spoke', () => {
    const votes = [{ group: 'lineage', signals: ['lineage'], vote: {}, streams: 1 }];
    expect(about(decides({ weighing: { votes } }), 'The weight matrices')).toBe(-1);
  });

  it('begins with the cheapest that suffices whichever version it is, and says what it is expected to give', () => {
    const calibration = calibrated({
      'log-probability-distance': { full: 7.12, student: 9 },
      lineage: { full: 5, student: 8 },
    });
    const [first, second] = decides({ calibration });
    expect(first?.sentence).toContain('The weight matrices');
    expect(second).toMatchObject({ requests: 8, tokens: 384 });
    expect(second?.sentence).toMatch(
      / Expected, from the references: 7\.1 nats for "full" if that is what runs \(4\.6 would uphold it\), 9 against it if "student" does \(6\.9 would refute it\)\.$/,
    );
  });

  it('puts what suffices for one of two versions after what suffices for both', () => {
    const calibration = calibrated({
      'log-probability-distance': { full: 7, student: 9 },
      lineage: { full: 9, student: 1 },
    });
    const remedies = decides({ calibration });
    expect(about(remedies, 'Log-probabilities')).toBe(0);
    expect(about(remedies, 'The weight matrices')).toBeGreaterThan(0);
  });

  it('drops what could not decide, and keeps what nobody calibrated', () => {
    const calibration = calibrated({
      'log-probability-distance': { full: 1, student: 2 },
      lineage: { full: 0.1, student: 0 },
    });
    const remedies = decides({ calibration });
    expect(about(remedies, 'Log-probabilities')).toBe(-1);
    expect(about(remedies, 'The weight matrices')).toBe(-1);
    expect(about(remedies, 'The publisher')).toBe(0);
  });

  it('keeps what decides only together with the rest', () => {
    const calibration = calibrated({
      'log-probability-distance': { full: 3, student: 2 },
      lineage: { full: 3, student: 2 },
    });
    const remedies = decides({ calibration });
    expect(about(remedies, 'Log-probabilities')).toBeGreaterThanOrEqual(0);
    expect(about(remedies, 'The weight matrices')).toBeGreaterThanOrEqual(0);
  });

  it('says so when nothing left could decide', () => {
    const spoke = ['identity', 'architecture', 'precision', 'log-probabilities'];
    const remedies = decides({
      weighing: { votes: spoke.map((group) => ({ group, signals: [], vote: {}, streams: 1 })) },
      calibration: calibrated({ lineage: { full: 0.2 } }),
    });
    expect(remedies).toEqual([
      {
        sentence: 'Nothing left to measure is expected to decide: the references differ too little in it.',
      },
    ]);
  });

  it('does not expect cheap evidence to uphold where costly evidence is lacking', () => {
    const calibration = calibrated({
      'weight-precision': { full: 9, student: 1 },
      lineage: { full: 2.1, student: 1 },
    });
    const remedies = decides({ blockers: [CHEAP], needed: { uphold: -1, refute: 9 }, calibration });
    expect(about(remedies, 'A model file')).toBe(-1);
    expect(about(remedies, 'The weight matrices')).toBe(-1);
    const enough = { ...calibration, ...calibrated({ lineage: { full: 2.4, student: 9 } }) };
    expect(
      about(
        decides({ blockers: [CHEAP], needed: { uphold: -1, refute: 9 }, calibration: enough }),
        'The weight',
      ),
    ).toBe(0);
  });
});

describe('where one kind of evidence must accuse enough by itself', () => {
  const open = { eValue: 1, falseAccusationRate: 1e-3, needed: { uphold: 4.6, refute: -2 } };
  const lineage = (nats: number) =>
    decides({ ...open, calibration: calibrated({ lineage: { full: 5, student: nats } }) }, false);

  it('states what makes the mean over all accusers reach the e-value', () => {
    // ln(5 × (1000 − 1) + 1): five groups may accuse files.
    expect(about(lineage(8.6), 'The weight matrices')).toBe(0);
    expect(lineage(8.6)[0]?.sentence).toContain('8.6 against it if "student" does (8.5 would refute it)');
    expect(about(lineage(8.4), 'The weight matrices')).toBeGreaterThan(0);
  });

  it('asks more of what is measured, whose rivals count by their bets', () => {
    const passages = (nats: number) =>
      decides(
        { ...open, calibration: calibrated({ 'log-probability-distance': { full: 5, student: nats } }) },
        false,
      );
    expect(about(passages(9), 'Log-probabilities')).toBeGreaterThan(0);
    expect(about(passages(9.3), 'Log-probabilities')).toBe(0);
  });

  it('asks no more than the posterior where it accuses already', () => {
    const calibration = calibrated({ lineage: { full: 5, student: 3 } });
    const [first] = decides(
      { ...open, eValue: 2000, needed: { uphold: 4.6, refute: 2.5 }, calibration },
      false,
    );
    expect(first?.sentence).toContain('(2.5 would refute it)');
  });
});

describe('where costly evidence is lacking', () => {
  it('names what is cheap to fake last: it can but refute', () => {
    const counts = skipped('token-stack', 'token-counts', 'trivial');
    const cuts = skipped('cut-tokens', 'token-boundaries');
    const asked = (blockers: OpenCase['blockers']) =>
      about(
        whatWouldDecide(
          { weighing: { votes: [] }, blockers, candidateKind: 'endpoint' },
          'full',
          'student',
          [counts, cuts],
          true,
        ),
        'Prompt tokens',
      );
    expect([asked([]), asked([CHEAP])]).toEqual([0, 3]);
  });
});

describe('what lifts a blocker', () => {
  const TWO = [FAILED, { ...FAILED, probe: 'log-probabilities' }] as const;

  it('comes first where the claim leads, one remedy for one cause, and is not asked for twice', () => {
    const remedies = decides({ blockers: TWO });
    expect(remedies[0]).toEqual({
      sentence:
        'The generation and log-probabilities probes run to their end: they failed with RUNTIME_TIMEOUT.',
      requests: 8,
      tokens: 474,
    });
    expect(about(remedies, 'Log-probabilities')).toBe(-1);
  });

  it('comes last where the evidence speaks against the claim', () => {
    expect(about(decides({ blockers: [FAILED] }, false), 'The generation probe run to its end: it')).toBe(5);
  });

  it.each<[OpenCase['blockers'][number], RegExp]>([
    [
      { code: 'contradiction', probe: 'architecture', fact: 'layers', values: 'a' },
      /agrees with itself about layers/,
    ],
    [
      { code: 'release-differs', source: 'hub', equal: 1, files: 2, names: [], unlisted: 0 },
      /Every file of the release .*source hub/,
    ],
    [{ code: 'label', source: 'a', label: 'b', found: 'c' }, /labels say what its tensors hold/],
    [{ code: 'manifest-differs', changed: ['a'], missing: [], extra: 0 }, /as the list of digests has it/],
    [{ code: 'signature-invalid', answers: 2 }, /key that signed the answers/],
  ])('is known for %j', (blocker, sentence) => {
    expect(decides({ blockers: [blocker] })[0]?.sentence).toMatch(sentence);
  });
});
