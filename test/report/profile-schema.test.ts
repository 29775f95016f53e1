import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { profileSchema } from '../../src/profile/schema.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const valid = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
}).compile(JSON.parse(read('schemas/profile-1.json')));

const RUN = { artifact: 'a', seed: 0, environment: { cores: 2, node: '20' }, probes: { latency: [] } };
const FULL = { kind: 'full', facts: { layers: 4, family: 'gpt2' }, digests: ['0'.repeat(64)], runs: [RUN] };
const PROFILE = {
  schema: 'profile/1',
  id: 'p',
  suite: { id: 's', tier: 'quick', sha256: '' },
  variants: { full: FULL, 'full-int8': { ...FULL, kind: 'quantized' } },
};
const FILE = { name: 'a.safetensors', bytes: 9, sha256: '0'.repeat(64), source: 'hub', confidence: 'low' };
const FACTS = {
  kind: 'full',
  facts: { layers: 4, tiedEmbeddings: true },
  cited: { layers: ['hub'] },
  unconfirmed: ['tiedEmbeddings'],
  aliases: ['a'],
  notes: ['b'],
  digests: [],
  files: [FILE],
  runs: [],
};
const PUBLIC = {
  schema: 'profile/1',
  id: 'p',
  sources: { hub: { what: 'a hub', where: 'h', commit: 'c' } },
  variants: { full: FACTS },
};
const published = (change: object): object => ({
  ...PUBLIC,
  variants: { full: { ...FACTS, files: [{ ...FILE, ...change }] } },
});
const CALIBRATED = { runs: 2, noise: 0.5, power: { full: 7, other: 0 } };
const calibrated = (change: object): object => ({
  ...PROFILE,
  calibration: { a: { ...CALIBRATED, ...change } },
});

describe('profile-1', () => {
  it.each(readdirSync(new URL('profiles/', root)))('accepts the shipped profiles/%s', (file) => {
    valid(parse(read(`profiles/${file}`)));
    expect(valid.errors).toBeNull();
  });

  it.each<[string, unknown, boolean]>([
    ['a small profile', PROFILE, true],
    ['additions', { ...PROFILE, later: 1 }, true],
    ['another schema', { ...PROFILE, schema: 'profile/2' }, false],
    ['an empty id', { ...PROFILE, id: '' }, false],
    ['runs without a suite', { ...PROFILE, suite: undefined }, false],
    ['facts alone, without a suite', PUBLIC, true],
    ['a file with a folder', published({ name: 'a/b' }), false],
    ['a file without a size', published({ bytes: undefined }), true],
    ['an empty file', published({ bytes: 0 }), false],
    ['a file digest in capitals', published({ sha256: 'A'.repeat(64) }), false],
    ['a file nobody vouches for', published({ confidence: 'certain' }), false],
    ['a source without words', { ...PUBLIC, sources: { hub: { what: '' } } }, false],
    ['no variants', { ...PROFILE, variants: {} }, false],
    ['no full variant', { ...PROFILE, variants: { a: { ...FULL, kind: 'distilled' } } }, false],
    ['a variant called other', { ...PROFILE, variants: { full: FULL, other: FULL } }, false],
    ['a variant id with a space', { ...PROFILE, variants: { full: FULL, 'a b': FULL } }, false],
    ['an unknown kind', { ...PROFILE, variants: { full: FULL, a: { ...FULL, kind: 'new' } } }, false],
    ['a short digest', { ...PROFILE, variants: { full: { ...FULL, digests: ['ab'] } } }, false],
    ['a nested fact', { ...PROFILE, variants: { full: { ...FULL, facts: { a: [] } } } }, false],
    [
      'a fractional seed',
      { ...PROFILE, variants: { full: { ...FULL, runs: [{ ...RUN, seed: 0.5 }] } } },
      false,
    ],
    ['a calibration', calibrated({}), true],
    ['noise below nothing', calibrated({ noise: -1 }), false],
    ['noise beyond reason', calibrated({ noise: 1e9 }), false],
    ['power below nothing', calibrated({ power: { full: -1 } }), false],
    ['a calibration by no runs', calibrated({ runs: 0 }), false],
    ['a calibration without noise', calibrated({ noise: undefined }), false],
    ['a calibration of public facts', { ...PUBLIC, calibration: { a: CALIBRATED } }, false],
    [
      'a run without probes',
      { ...PROFILE, variants: { full: { ...FULL, runs: [{ artifact: 'a' }] } } },
      false,
    ],
  ])('agrees with the loader about %s', (_, profile, expected) => {
    const plain = JSON.parse(JSON.stringify(profile));
    expect([valid(plain), profileSchema.safeParse(plain).success]).toEqual([expected, expected]);
  });
});
