import { readFileSync } from 'node:fs';
import { loadProfile } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ReferenceProfile } from '../../src/core/types.js';
import { writeProfile } from '../../src/profile/write.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const IDS = ['deepseek-r1', 'deepseek-v3', 'llama-3', 'mixtral', 'phi-3', 'qwen2.5', 'qwen3'];

describe.each(IDS)('%s', (id) => {
  const { sources = {}, variants } = loadProfile(id);

  it('cites a source for every fact that it does not mark as unconfirmed', () => {
    for (const [name, { facts, cited = {}, unconfirmed = [] }] of Object.entries(variants)) {
      const supported = Object.keys(cited).filter((fact) => (cited[fact]?.length ?? 0) > 0);
      expect([name, [...supported, ...unconfirmed].sort()]).toEqual([name, Object.keys(facts).sort()]);
      expect(supported.filter((fact) => unconfirmed.includes(fact))).toEqual([]);
    }
  });

  it('lists no source that nothing cites, and says what each is', () => {
    const used = Object.values(variants).flatMap(({ cited = {}, files = [] }) => [
      ...Object.values(cited).flat(),
      ...files.map(({ source }) => source),
    ]);
    expect(Object.keys(sources).sort()).toEqual([...new Set(used)].sort());
  });

  it('calls no digest authentic', () => {
    expect(JSON.stringify([sources, Object.values(variants).map(({ notes }) => notes)])).not.toMatch(
      /authentic/i,
    );
  });
});

describe('deepseek-r1', () => {
  const { variants } = loadProfile('deepseek-r1');
  const weights = (id: string) =>
    variants[id]?.files?.filter(({ name }) => name.endsWith('.safetensors')) ?? [];
  const total = (id: string): number => weights(id).reduce((sum, { bytes = 0 }) => sum + bytes, 0);

  // Sizes of the hub: headers of 11,888,393 and 88,828 bytes beside the tensors.
  it('holds all shards of R1 and of the 32B student, whose sizes add up to the published totals', () => {
    expect([weights('full').length, total('full')]).toEqual([163, 688_586_727_753]);
    expect(total('full') - Number(variants.full?.facts.payloadBytes)).toBe(11_888_393);
    expect([weights('distill-qwen-32b').length, total('distill-qwen-32b')]).toEqual([8, 65_527_841_532]);
    expect(total('distill-qwen-32b') - Number(variants['distill-qwen-32b']?.facts.payloadBytes)).toBe(88_828);
  });

  it('states the totals of the closed forms', () => {
    expect(variants.full?.facts).toMatchObject({ parameters: 671_026_419_200, tensors: 91_991 });
  });

  it('marks what a later release is only said to share with R1', () => {
    expect(variants['v3.1']?.unconfirmed).toContain('layers');
    expect(variants['r1-0528']?.unconfirmed).toContain('vocabSize');
    expect(variants['r1-0528']?.unconfirmed).not.toContain('layers');
  });
});

describe.skipIf(!sharedData)(`generator${whySkipped}`, () => {
  it('writes the shipped files from the collections of facts and digests', async () => {
    const generator = new URL('../../scripts/profiles/assemble.mjs', import.meta.url).href;
    const { assembleProfiles } = (await import(generator)) as {
      assembleProfiles: (facts: unknown, hashes: unknown) => Record<string, ReferenceProfile>;
    };
    const read = (path: string): unknown => parse(readFileSync(shared(path), 'utf8'), { merge: true });
    const built = assembleProfiles(read('profiles/facts.yaml'), read('hashes/known-hashes.yaml'));
    expect(Object.keys(built).sort()).toEqual(IDS);
    for (const [id, profile] of Object.entries(built)) {
      const shipped = readFileSync(new URL(`../../profiles/${id}.yaml`, import.meta.url), 'utf8');
      expect([id, writeProfile(profile) === shipped]).toEqual([id, true]);
    }
  });
});
