import { readFileSync, statSync } from 'node:fs';
import type { ReferenceProfile } from 'model-assay';
import { audit, score } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { motet, motetProfile } from '../support/motet.js';

// Students whose weights were padded to the shape of the full model: every file has its size, and everything but the
// weights is equal.
const FAKES = ['fake-padded', 'fake-padded-noise'];

describe('a student dressed as the full model', () => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await motetProfile();
  }, 60_000);

  it.each(FAKES)('%s copies configuration, template, tokenizer and size', (name) => {
    for (const file of ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'])
      expect(readFileSync(`${motet(name)}/${file}`)).toEqual(readFileSync(`${motet('full-1')}/${file}`));
    expect(statSync(`${motet(name)}/onnx/model.onnx`).size).toBe(
      statSync(`${motet('full-1')}/onnx/model.onnx`).size,
    );
  });

  it.each(FAKES)(
    '%s is refuted by what it does and what its weights descend from',
    async (name) => {
      const { verdict, signals } = await audit(motet(name), { profile, seed: 11 });
      expect(verdict.outcome).toBe('refuted');
      expect(verdict.kind).not.toBe('full');
      const heads = signals.find(({ id }) => id === 'head-count');
      expect(heads).toMatchObject({ status: 'scored', logLikelihood: { full: 0 } });
    },
    60_000,
  );

  it('the genuine model in another precision is not', async () => {
    const report = await audit(motet('full-1-f16'), {
      profile,
      seed: 11,
      onEvidence: (evidence) => {
        expect(score(evidence, { profile }).verdict.eValue).toBeLessThan(10);
      },
    });
    expect(report.verdict.outcome).toBe('upheld');
  }, 60_000);
});
