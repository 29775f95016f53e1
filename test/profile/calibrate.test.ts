import {
  type Architecture,
  collect,
  type Evidence,
  readProfile,
  SIGNALS,
  type SignalCalibration,
  score,
  writeProfile,
} from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainFacts } from '../../src/fingerprint/facts.js';
import { packLogProbs, unpackLogProbs } from '../../src/fingerprint/fixed-point.js';
import type { LogProbabilities } from '../../src/fingerprint/probes/log-probabilities.js';
import { assembleProfile } from '../../src/profile/build.js';
import type { VariantEvidence } from '../../src/profile/measurements.js';
import { model } from '../support/fixtures.js';

const BEHAVIOUR = ['architecture', 'files', 'log-probabilities'];
const DISTANCE = 'log-probability-distance';

/** Two runs of an artifact, as a profile is built from: the weights are read in the first. */
async function runsOf(name: string): Promise<readonly Evidence[]> {
  const first = await collect(model(name), { seed: 0, only: [...BEHAVIOUR, 'tensor-digests'] });
  return [first, await collect(model(name), { seed: 1, only: BEHAVIOUR })];
}

let full: readonly Evidence[];
let half: readonly Evidence[];
let student: readonly Evidence[];
let sibling: readonly Evidence[];
let stranger: readonly Evidence[];
/** Of references as they are. */
let calm: Readonly<Record<string, SignalCalibration>>;
beforeAll(async () => {
  full = await runsOf('quill/full-1');
  half = await runsOf('quill/full-1-f16');
  student = await runsOf('quill/student-1a');
  sibling = await runsOf('quill/student-1b');
  stranger = await runsOf('quill/scratch-1');
  calm = calibrationOf(usual());
});

const KINDS = { full: 'full', student: 'distilled', stranger: 'other' } as const;

function reference(variant: keyof typeof KINDS, evidence: Evidence): VariantEvidence {
  return { variant, kind: KINDS[variant], evidence, facts: plainFacts(architecture(evidence)) };
}
function references(variant: keyof typeof KINDS, runs: readonly Evidence[]): VariantEvidence[] {
  return runs.map((evidence) => reference(variant, evidence));
}
const usual = (): VariantEvidence[] => [
  ...references('full', full),
  ...references('student', [...student, ...sibling]),
  ...references('stranger', stranger),
];
const calibrationOf = (measured: readonly VariantEvidence[]) =>
  assembleProfile('p', measured, SIGNALS).calibration ?? {};

function architecture({ probes }: Evidence): Architecture {
  if (probes.architecture?.status !== 'ok') throw new Error('the architecture was read');
  return probes.architecture.data as Architecture;
}

/** The same evidence, as if log-probabilities had come out up to `nats` higher or lower. */
function disturbed(evidence: Evidence, nats: number): Evidence {
  const status = evidence.probes['log-probabilities'];
  if (status?.status !== 'ok') throw new Error('log-probabilities were measured');
  const data = status.data as LogProbabilities;
  const texts = data.texts.map((text) => {
    const rows = unpackLogProbs(text.sample, data.sampleIds.length);
    const moved = rows.map((row, i) =>
      row.map((value, j) => value + nats * Math.sin(12.9898 * i + 78.233 * j)),
    );
    return { ...text, sample: packLogProbs(moved) };
  });
  const probes = { ...evidence.probes, 'log-probabilities': { ...status, data: { ...data, texts } } };
  return { ...evidence, probes };
}

const first = (runs: readonly Evidence[]): Evidence => runs[0] as Evidence;
const second = (runs: readonly Evidence[]): Evidence => runs[1] as Evidence;

describe('references that answer alike in every run', () => {
  it('show no noise, and power for each version and for strangers', () => {
    const { [DISTANCE]: found } = calm;
    expect(found).toMatchObject({ runs: 8, noise: 0 });
    expect(Object.keys(found?.power ?? {})).toEqual(['full', 'student', 'other']);
    for (const nats of Object.values(found?.power ?? {})) expect(nats).toBeGreaterThan(0);
  });

  it('are judged by the profile without them, as any candidate is', () => {
    const { [DISTANCE]: found } = calm;
    const profile = assembleProfile('p', [
      reference('full', second(full)),
      ...references('student', [...student, ...sibling]),
      ...references('stranger', stranger),
    ]);
    const signal = score(first(full), { profile }).signals.find(({ id }) => id === DISTANCE);
    if (signal?.status !== 'scored') throw new Error('the distance is scored');
    const { full: own = 0, ...rivals } = signal.logLikelihood;
    expect(found?.power.full).toBeCloseTo(own - Math.max(...Object.values(rivals)), 12);
  });
});

describe('a reference that answers otherwise when asked again', () => {
  const noisy = (nats: number) => {
    const measured = usual();
    measured[1] = reference('full', disturbed(second(full), nats));
    return calibrationOf(measured);
  };

  it('raises the noise of signals that read those answers, and of no other', () => {
    const [slight, strong] = [noisy(0.05), noisy(0.5)];
    for (const id of [DISTANCE, 'tail-correlation']) {
      expect([id, calm[id]?.noise]).toEqual([id, 0]);
      expect(strong[id]?.noise).toBeGreaterThan(slight[id]?.noise ?? Number.POSITIVE_INFINITY);
    }
    expect(slight[DISTANCE]?.noise).toBeGreaterThan(0.1);
    expect(strong[DISTANCE]?.power.full).toBeLessThan(calm[DISTANCE]?.power.full ?? 0);
    for (const id of ['architecture', 'weight-precision']) {
      expect(calm[id]).toMatchObject({ noise: 0 });
      expect(strong[id]).toEqual(calm[id]);
    }
  });

  it('has the noise that an audit of it would show', () => {
    const profile = assembleProfile('p', [
      reference('full', first(full)),
      ...references('student', [...student, ...sibling]),
      ...references('stranger', stranger),
    ]);
    const { signals } = score(disturbed(second(full), 0.5), { profile });
    const signal = signals.find(({ id }) => id === DISTANCE);
    if (signal?.status !== 'scored') throw new Error('the distance is scored');
    const best = Math.max(...Object.values(signal.logLikelihood));
    expect(noisy(0.5)[DISTANCE]?.noise).toBeCloseTo(best - (signal.logLikelihood.full ?? best), 12);
  });

  it('is no noise when it is a stranger, which nothing is said against', () => {
    const measured = usual();
    measured[7] = reference('stranger', disturbed(second(stranger), 0.5));
    expect(calibrationOf(measured)[DISTANCE]?.noise).toBe(0);
  });
});

describe('what another export shows', () => {
  it('is needed by signals that read weights: an artifact is itself, which says nothing of others', () => {
    expect(calm).not.toHaveProperty('weight-tensors');
    const exported = calibrationOf([...usual(), ...references('full', half)]);
    expect(exported['weight-tensors']).toMatchObject({ noise: 0 });
    expect(exported['weight-tensors']?.power.full).toBeGreaterThan(10);
    expect(exported[DISTANCE]?.noise).toBe(0);
    for (const id of ['weights-digest', 'release-files', 'release-claims'])
      expect(exported).not.toHaveProperty(id);
  });

  it('is noise where it differs', () => {
    const other = half.map((evidence) => disturbed(evidence, 0.5));
    const found = calibrationOf([...usual(), ...references('full', other)]);
    expect(found[DISTANCE]?.noise).toBeGreaterThan(1);
  });
});

it('takes students of other seeds for other weights: they cost power and are no noise', () => {
  const unlike = calibrationOf([
    ...references('full', full),
    ...references('student', [...student, ...stranger]),
    ...references('stranger', stranger),
  ]);
  expect(unlike[DISTANCE]?.noise).toBe(0);
  expect(unlike[DISTANCE]?.power.student).toBeLessThan(calm[DISTANCE]?.power.student ?? 0);
});

it('is absent where nothing was measured twice, and where no signals are given', () => {
  const once = [reference('full', first(full)), reference('student', first(student))];
  expect(assembleProfile('p', once, SIGNALS)).not.toHaveProperty('calibration');
  expect(assembleProfile('p', usual())).not.toHaveProperty('calibration');
});

it('keeps one copy of what repeats say, and reads back what was written', () => {
  const profile = assembleProfile('p', usual(), SIGNALS);
  expect(Object.keys(profile.variants.full?.runs[0]?.probes ?? {})).toContain('log-probabilities');
  expect(profile.variants.full?.runs[1]?.probes).toEqual({});
  const text = writeProfile(profile);
  expect(text).toMatch(/^ {2}log-probability-distance: \{runs: 8, noise: 0, power: \{full: .*\}\}$/m);
  const read = readProfile(text, '"p"');
  expect(readProfile(writeProfile(read), '"p"')).toEqual(read);
  expect(Object.keys(read.calibration ?? {})).toEqual(Object.keys(calm));
  expect(score(first(full), { profile: read }).verdict.outcome).toBe('upheld');
});
