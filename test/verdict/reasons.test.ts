import { describe, expect, it } from 'vitest';
import { SIGNALS } from '../../src/registry.js';
import { evasionsOf } from '../../src/verdict/evasions.js';
import { reasonsFor } from '../../src/verdict/reasons.js';
import { type Testimony, testimonies } from '../../src/verdict/testimony.js';
import { CHEAP, FAILED, scored, weighed } from '../support/judgements.js';

const SHAPE = scored('head-count', 'architecture', { full: -6, student: 0, other: -2 });
const TENSORS = scored('architecture', 'architecture', { full: -9, student: 0, other: -2 }, 'trivial');
const PASSAGES = scored('log-probability-distance', 'log-probabilities', {
  full: -12,
  student: 0,
  other: -5,
});
const WORDS = scored('tokenization', 'tokenizer', { full: 0, student: -1.239, other: 0 }, 'trivial');
const FAINT = scored('repetition', 'repetition', { full: 0, student: -0.4 });

const ALL = [WORDS, SHAPE, FAINT, TENSORS, PASSAGES];
const AGAINST = { full: 1e-6, student: 0.999, other: 1e-3 };

describe('reasons of a refuted claim', () => {
  const weighing = weighed(ALL, AGAINST, { architecture: { full: -8, student: 0, other: -2 } });
  const judged = reasonsFor({ weighing, blockers: [], outcome: 'refuted' }, 'full', 'student', ALL);

  it('are its votes by weight, then the signals that share one', () => {
    expect(judged.reasons.map(({ signal, nats }) => [signal, nats])).toEqual([
      ['log-probability-distance', 12],
      ['architecture', 8],
      ['head-count', undefined],
    ]);
    expect(judged.reasons[2]?.sentence).toContain('It shares the vote of architecture.');
    for (const { sentence } of judged.reasons) expect(sentence).toContain(', against "full": observed this');
  });

  it('never add up to more than the votes do', () => {
    const sum = judged.reasons.reduce((total, { nats = 0 }) => total + nats, 0);
    const votes = testimonies(weighing, 'full', 'student', ALL).filter(({ nats }) => nats > 0);
    expect(sum).toBeCloseTo(
      votes.reduce((total, { nats }) => total + nats, 0),
      9,
    );
  });

  it('leave what speaks for the claim to the evidence against the verdict, and the faint out', () => {
    expect(judged.against).toEqual([
      {
        signal: 'tokenization',
        sentence: 'Title of tokenization, for "full": observed this; "full" shows that.',
        nats: -1.24,
      },
    ]);
  });

  it('say nothing of what would decide, and how an honest seller could have come to it', () => {
    expect(judged.wouldDecide).toEqual([]);
    expect(judged.evasions[0]).toContain('references');
    expect(judged.evasions[1]).toContain('exporter');
    expect(judged.evasions.at(-1)).toContain('a wrong claim or a wrong profile');
    expect(judged.evasions).toHaveLength(3);
  });
});

describe('signals of one group that disagree', () => {
  const dissent = scored('tail-correlation', 'log-probabilities', { full: 0, student: -3 });
  const signals = [dissent, PASSAGES];
  const weighing = weighed(signals, AGAINST, { 'log-probabilities': { full: -9, student: 0 } });

  it('are each told by what they say themselves, not by the vote', () => {
    const { reasons, against } = reasonsFor(
      { weighing, blockers: [], outcome: 'refuted' },
      'full',
      'student',
      signals,
    );
    expect(reasons).toMatchObject([{ signal: 'log-probability-distance', nats: 9 }]);
    expect(against).toEqual([
      {
        signal: 'tail-correlation',
        sentence:
          'Title of tail-correlation, for "full": observed this; "full" shows that. It is outvoted by log-probability-distance, which reads the same evidence.',
      },
    ]);
  });
});

describe('reasons of an upheld claim', () => {
  const digests = scored('weights-digest', 'identity', { full: 0, student: -20, other: -20 }, 'infeasible');
  const bits = scored('weight-precision', 'precision', { full: -2, student: 0, other: -2 });
  const signals = [bits, digests];
  const posterior = { full: 0.999, student: 4e-7, 'other/altered full': 0.00012, other: 9e-7 };
  const { reasons, against, evasions } = reasonsFor(
    { weighing: weighed(signals, posterior), blockers: [], outcome: 'upheld' },
    'full',
    'other',
    signals,
  );

  it('are what speaks for it', () => {
    expect(reasons).toMatchObject([{ signal: 'weights-digest', nats: -20 }]);
  });

  it('are contradicted by what favours any other version, and by the rival that is left', () => {
    expect(against).toMatchObject([
      { signal: 'weight-precision', nats: 2 },
      {
        signal: 'verdict',
        sentence: 'What remains most probable besides "full" is an altered copy of "full", at 0.012 %.',
      },
    ]);
    expect(against[0]?.sentence).toContain('against "full"');
  });

  it('come with how a seller could have cheated', () => {
    expect(evasions[0]).toMatch(/^A seller could .*graph/);
    expect(evasions.at(-1)).toContain('run another');
    expect(evasions.join()).not.toContain('looks like this');
  });
});

describe('an open case', () => {
  const leaning = scored('log-probability-distance', 'log-probabilities', { full: 0, student: -3 });
  const other = scored('weight-precision', 'precision', { full: -1, student: 0 }, 'trivial');
  const signals = [other, leaning];
  const open = (blockers: Parameters<typeof reasonsFor>[0]['blockers'], all = signals) =>
    reasonsFor(
      {
        weighing: weighed(all, { full: 0.8, student: 0.15, other: 0.05 }),
        blockers,
        outcome: 'inconclusive',
      },
      'full',
      'student',
      all,
    );

  it('that leans towards the claim begins with what blocks it, and shows the other side', () => {
    const { reasons, against, evasions } = open([FAILED, CHEAP]);
    expect(reasons.map(({ signal, nats }) => [signal, nats])).toEqual([
      ['generation', undefined],
      ['verdict', undefined],
      ['log-probability-distance', -3],
    ]);
    expect(against.map(({ signal, nats }) => [signal, nats])).toEqual([
      ['weight-precision', 1],
      ['verdict', -2],
    ]);
    expect(evasions).toHaveLength(2);
    expect(evasions[0]).toMatch(/^A seller could/);
    expect(evasions[1]).toMatch(/looks? like this too\.$/);
  });

  it('that leans against the claim begins with the evidence', () => {
    const all = [scored('lineage', 'lineage', { full: -5, student: 0 }), leaning];
    const { reasons, against } = open([FAILED], all);
    expect(reasons.map(({ signal }) => signal)).toEqual(['lineage', 'generation']);
    expect(against).toMatchObject([{ signal: 'log-probability-distance', nats: -3 }]);
  });

  it('without evidence says what is missing and accuses nobody', () => {
    const judged = open([CHEAP], []);
    expect(judged.reasons.map(({ signal }) => signal)).toEqual(['verdict']);
    expect([judged.against, judged.evasions]).toEqual([[], []]);
    expect(judged.wouldDecide.length).toBeGreaterThan(3);
  });
});

describe('evasions', () => {
  const testimony = (group: string, nats: number): Testimony => ({
    ...{ group, nats, shared: [], outvoted: [] },
    carried: { signal: group, sentence: group },
  });
  /** Latency is shown and never weighs. */
  const groups = [...new Set(SIGNALS.map(({ group }) => group))].filter((group) => group !== 'latency');

  it.each(groups)('know both ways for the group %s', (group) => {
    expect(evasionsOf('upheld', 'onnx', [testimony(group, -5)])).toHaveLength(2);
    expect(evasionsOf('refuted', 'onnx', [testimony(group, 5)])).toHaveLength(2);
  });

  it('are at most five, the strongest carriers first, the way of the audit itself last', () => {
    const sorted = groups.map((group, index) => testimony(group, index - 20));
    const said = evasionsOf('upheld', 'endpoint', sorted);
    expect(said).toHaveLength(5);
    expect(said[0]).toBe(evasionsOf('upheld', 'endpoint', sorted.slice(0, 1))[0]);
    expect(said[4]).toContain('whatever looks like an audit');
  });

  it('of log-probabilities that a service sent name its gateways, not its files', () => {
    const [ours] = evasionsOf('refuted', 'onnx', [testimony('log-probabilities', 5)]);
    const [served] = evasionsOf('refuted', 'endpoint', [testimony('log-probabilities', 5)]);
    expect(ours).toContain('tokenizer.json');
    expect(served).toContain('hidden system prompt');
  });
});

describe('probes that failed', () => {
  it('are told once for each cause', () => {
    const blockers = [
      FAILED,
      { ...FAILED, probe: 'latency', error: 'ABORTED' },
      { ...FAILED, probe: 'files' },
    ];
    const { reasons } = reasonsFor(
      { weighing: weighed([], { full: 0.5, other: 0.5 }), blockers, outcome: 'inconclusive' },
      'full',
      'other',
      [],
    );
    expect(reasons).toEqual([
      {
        signal: 'generation',
        sentence: 'The generation and files probes failed (RUNTIME_TIMEOUT), so the claim is not upheld.',
      },
      { signal: 'latency', sentence: 'The latency probe failed (ABORTED), so the claim is not upheld.' },
    ]);
  });
});

describe('an accusation that did not get through', () => {
  const signals = [SHAPE];
  const judged = (posterior: number, eValue: number, outcome: 'inconclusive' | 'upheld' = 'inconclusive') =>
    reasonsFor(
      {
        weighing: weighed(signals, { full: posterior, student: 1 - posterior, other: 0 }),
        blockers: [],
        ...{ outcome, eValue, falseAccusationRate: 1e-3 },
      },
      'full',
      'student',
      signals,
    );
  const said = ({ reasons }: ReturnType<typeof judged>) => reasons.map(({ sentence }) => sentence).join();

  it('for want of one kind of evidence that accuses by itself says so', () => {
    expect(said(judged(1e-4, 312.4))).toContain(
      'leaves "full" improbable, but no kind of it accuses enough by itself: the e-value is 310, and a claim is refuted from 1000 on.',
    );
  });

  it('for the rest of the evidence says so', () => {
    expect(said(judged(0.4, 5000))).toContain('(an e-value of 1000 or more)');
    expect(judged(0.995, 5000, 'upheld').against.at(-1)?.sentence).toContain('One kind of evidence accuses');
  });

  it('is not talked of where there was none', () => {
    expect(said(judged(0.4, 12))).not.toContain('accuses');
  });
});
