import {
  buildProfile,
  collect,
  type Evidence,
  type ReferenceProfile,
  score,
  type TrustedReference,
  type Verdict,
} from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { encoder } from '../support/encoders.js';

const reference = (name: string, variant: string, kind: TrustedReference['kind']): TrustedReference => ({
  variant,
  kind,
  candidate: encoder(name),
});
const FULL = reference('bert', 'bert', 'full');
const STRANGER = reference('bert-2', 'stranger', 'other');
const STUDENT = reference('distilbert', 'distilbert', 'distilled');

const evidence = new Map<string, Promise<Evidence>>();
/** Audit with a seed and thread count no reference was measured with. */
function measured(name: string): Promise<Evidence> {
  const known = evidence.get(name) ?? collect(encoder(name), { seed: 99, threads: 1 });
  evidence.set(name, known);
  return known;
}
const verdict = async (name: string, profile: ReferenceProfile): Promise<Verdict> =>
  score(await measured(name), { profile }).verdict;

// As in other-seeds.test.ts, nothing but the genuine model is judged by a profile that holds its own file.
describe('a profile of BERT and a stranger', () => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await buildProfile([FULL, STRANGER], { id: 'bert', runs: 1 });
  });

  it.each(['bert', 'bert-f16'])('upholds the genuine %s', async (name) => {
    expect(await verdict(name, profile)).toMatchObject({ outcome: 'upheld', kind: 'full', variant: 'bert' });
  });
  it('names DistilBERT sold as BERT distilled, without having seen a student', async () => {
    expect(await verdict('distilbert', profile)).toMatchObject({ outcome: 'refuted', kind: 'distilled' });
  });
  it('names the 8-bit copy quantized', async () => {
    expect(await verdict('bert-int8', profile)).toMatchObject({ outcome: 'refuted', kind: 'quantized' });
  });
});

describe('a profile of BERT and its student', () => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await buildProfile([FULL, STUDENT], { id: 'bert', runs: 1 });
  });

  it('upholds another export of BERT', async () => {
    expect(await verdict('bert-f16', profile)).toMatchObject({ outcome: 'upheld', variant: 'bert' });
  });
  it('refutes another training of the same architecture without calling it a student', async () => {
    expect(await verdict('bert-2', profile)).toMatchObject({ outcome: 'refuted', kind: 'other' });
  });
  it('refutes MiniLM, which has no head to compare, from its shape and the heads that ran', async () => {
    const found = await verdict('minilm', profile);
    // It is a student of BERT's attention; nothing that is measured of it shows that, or the contrary.
    expect(found).toMatchObject({ outcome: 'refuted', kind: 'unknown' });
    const against = found.reasons.map(({ signal }) => signal);
    expect(against).toEqual(expect.arrayContaining(['architecture']));
  });
});

describe('a profile of BERT alone', () => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await buildProfile([FULL], { id: 'bert-alone', runs: 1 });
  });

  it('upholds another export of it', async () => {
    expect((await verdict('bert-f16', profile)).outcome).toBe('upheld');
  });
  it.each(['distilbert', 'bert-2', 'bert-int8', 'minilm'])('never calls %s genuine', async (name) => {
    const found = await verdict(name, profile);
    expect(found.outcome).toBe('refuted');
    expect(found.kind).not.toBe('full');
  });
});

describe('an encoder with a masked-language head', () => {
  it('is not asked to continue text, and its log-probabilities are compared', async () => {
    const { probes } = await measured('bert');
    expect(probes['log-probabilities']?.status).toBe('ok');
    expect(probes['attention-statistics']?.status).toBe('ok');
    for (const id of ['generation', 'latency']) {
      expect(probes[id]).toMatchObject({
        status: 'unavailable',
        missing: expect.stringContaining('both directions'),
      });
    }
    expect(probes.repetition?.status).toBe('unavailable');
  });
});
