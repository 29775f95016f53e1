import {
  collect,
  type Evidence,
  loadProfile,
  plannedCost,
  type ReferenceProfile,
  type Report,
  renderers,
  score,
} from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { model } from '../support/fixtures.js';

const profile: ReferenceProfile = loadProfile('quill');
let genuine: Evidence;
let student: Evidence;

beforeAll(async () => {
  genuine = await collect(model('quill/full-1-f16'), { seed: 3 });
  student = await collect(model('quill/student-1c'), { seed: 3 });
});

const without = (evidence: Evidence, ...ids: string[]): Evidence => ({
  ...evidence,
  probes: Object.fromEntries(Object.entries(evidence.probes).filter(([id]) => !ids.includes(id))),
});
/** Probes whose evidence is costly to fake. */
const COSTLY = ['log-probabilities', 'files', 'tensor-digests', 'lineage'];

const expectOrdered = ({ verdict }: Report): void => {
  for (const list of [verdict.reasons, verdict.against]) {
    const weights = list.flatMap(({ nats }) => (nats === undefined ? [] : [Math.abs(nats)]));
    // What is left of rivals closes the list.
    const ranked = list.at(-1)?.signal === 'verdict' ? weights.slice(0, -1) : weights;
    expect(ranked).toEqual([...ranked].sort((a, b) => b - a));
  }
  const told = verdict.reasons.map(({ signal }) => signal).filter((signal) => signal !== 'verdict');
  expect(verdict.against.map(({ signal }) => signal).filter((signal) => told.includes(signal))).toEqual([]);
};

describe('a student sold as full', () => {
  it('is refuted with reasons by weight, each against the claim, and with ways to be innocent', () => {
    const report = score(student, { profile });
    const { verdict } = report;
    expect(verdict.outcome).toBe('refuted');
    expectOrdered(report);
    expect(verdict.reasons[0]?.nats).toBeGreaterThan(5);
    for (const { sentence } of verdict.reasons) expect(sentence).toContain(', against "full": ');
    for (const { nats = -1 } of verdict.against) expect(nats).toBeLessThan(-0.5 + 1e-9);
    expect(verdict.evasions.length).toBeGreaterThan(1);
    expect(verdict.evasions.length).toBeLessThanOrEqual(5);
    expect(verdict.evasions.at(-1)).toContain('Files changed or swapped');
    expect(verdict.wouldDecide).toEqual([]);
  });

  it('claimed as what it is shows what that claim would have to explain', () => {
    const report = score(without(student, 'files', 'tensor-digests'), { profile, claim: 'student' });
    expectOrdered(report);
    expect(report.verdict.outcome).not.toBe('refuted');
    expect(report.verdict.against.at(-1)?.sentence).toMatch(
      /^What remains most probable besides "student" is /,
    );
  });
});

describe('another export of the full model', () => {
  it('is upheld, with the rival that is left and the ways to cheat', () => {
    const report = score(genuine, { profile });
    const { verdict } = report;
    expect(verdict.outcome).toBe('upheld');
    expectOrdered(report);
    for (const { sentence } of verdict.reasons) expect(sentence).toContain(', for "full": ');
    expect(verdict.against.at(-1)).toMatchObject({ signal: 'verdict' });
    expect(verdict.against.at(-1)?.nats).toBeLessThan(0);
    expect(verdict.evasions.at(-1)).toContain('hand over the genuine model to be audited');
  });

  it('without costly evidence stays open, with remedies that cost what their probes cost', () => {
    const { verdict } = score(without(genuine, ...COSTLY), { profile });
    expect(verdict.outcome).toBe('inconclusive');
    const remedy = verdict.wouldDecide.find(({ sentence }) => sentence.startsWith('Log-probabilities'));
    const [planned] = plannedCost({ only: ['log-probabilities'] });
    expect(remedy).toMatchObject({ requests: planned?.requests, tokens: planned?.tokens });
  });

  it('collected with another suite knows no costs', () => {
    const evidence = { ...without(genuine, ...COSTLY), suite: { ...genuine.suite, sha256: 'f'.repeat(64) } };
    for (const remedy of score(evidence, { profile }).verdict.wouldDecide)
      expect(Object.keys(remedy)).toEqual(['sentence']);
  });

  it('is offered the larger suite where the references were asked it', () => {
    const suite = profile.suite && { ...profile.suite, tier: 'standard' };
    const deeper = { ...profile, ...(suite && { suite }) };
    const evidence = without(genuine, ...COSTLY);
    const asked = Object.keys(evidence.probes);
    const larger = (known: ReferenceProfile) =>
      score(evidence, { profile: known }).verdict.wouldDecide.at(-1);
    expect(larger(profile)?.sentence).not.toContain('--suite');
    const planned = plannedCost({ suite: 'standard', only: asked });
    expect(larger(deeper)).toEqual({
      sentence: 'The same audit with --suite standard, which asks more.',
      requests: planned.reduce((sum, { requests }) => sum + requests, 0),
      tokens: planned.reduce((sum, { tokens }) => sum + tokens, 0),
    });
  });

  it('by a calibrated profile names first what is expected to suffice', () => {
    const calibration = {
      'log-probability-distance': { runs: 12, noise: 0.4, power: { full: 7, student: 9 } },
      lineage: { runs: 12, noise: 0, power: { full: 0.1, student: 0 } },
    };
    const evidence = without(genuine, ...COSTLY);
    const { wouldDecide } = score(evidence, { profile: { ...profile, calibration } }).verdict;
    expect(wouldDecide[0]?.sentence).toMatch(/^Log-probabilities.* 7 nats for "full" if that is what runs/);
    expect(wouldDecide.map(({ sentence }) => sentence).join()).not.toContain('The weight matrices');
  });
});

describe('the explanation of a real audit', () => {
  it('is the same when its report is read back', () => {
    for (const evidence of [genuine, student, without(genuine, ...COSTLY)]) {
      const { verdict } = score(evidence, { profile });
      const again: Report = JSON.parse(renderers.json({ ...score(evidence, { profile }) }));
      const { reasons, against, wouldDecide, evasions } = again.verdict;
      expect({ reasons, against, wouldDecide, evasions }).toEqual({
        reasons: verdict.reasons,
        against: verdict.against,
        wouldDecide: verdict.wouldDecide,
        evasions: verdict.evasions,
      });
    }
  });
});
