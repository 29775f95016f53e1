import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/fingerprint/architecture.js';
import { openCandidate } from '../../src/sources/open.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const SCRIPT = new URL('../../scripts/fixtures/sparse-r1.mjs', import.meta.url).pathname;
let folder = '';
let said = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-r1-'));
  said = execFileSync(process.execPath, [SCRIPT, folder], { encoding: 'utf8' });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('R1’s headers with holes in place of its weights', () => {
  it('add up to the published totals', () => {
    expect(said).toBe('163 shards, 91991 tensors, 688574839360 bytes of tensors, 688586727753 in all\n');
  });

  it.skipIf(!sharedData)(`have all 163 published sizes${whySkipped}`, () => {
    const lines = readFileSync(shared('hashes/reference-digests.txt'), 'utf8').split('\n');
    const published = lines.flatMap((line) => {
      const [id, name, , bytes] = line.split(' ');
      return id === 'deepseek-r1' ? [[name, Number(bytes)]] : [];
    });
    const written = readdirSync(folder)
      .filter((name) => name.endsWith('.safetensors'))
      .sort()
      .map((name) => [name, statSync(join(folder, name)).size]);
    expect(written).toEqual(published);
  });

  it('are R1 from shapes alone, and every law holds', async () => {
    const source = await openCandidate(folder);
    const structure = await source.capabilities.weights?.structure();
    await source.close();
    const read = readArchitecture(structure ?? expect.fail('no model was found'));
    expect(read).toMatchObject({
      layers: { value: 61, from: 'shapes' },
      attentionHeads: { value: 128, from: 'shapes' },
      experts: { value: 256, from: 'shapes' },
      predictorLayers: { value: 1, from: 'shapes' },
      parameters: { value: 671_026_419_200, from: 'shapes' },
      uncounted: { scales: 41_540_496, predictor: 13_463_426_304 },
      contradictions: [],
    });
    // What the hub shows as 685B.
    expect(671_026_419_200 + 41_540_496 + 13_463_426_304).toBe(684_531_386_000);
    expect(read.laws).toEqual([
      { law: 'parameters', expected: 671_026_419_200, observed: 671_026_419_200, from: 'shapes' },
      { law: 'tensors', expected: 91_991, observed: 91_991, from: 'shapes' },
      { law: 'payloadBytes', expected: 688_574_839_360, observed: 688_574_839_360, from: 'shapes' },
      { law: 'shardSizes', expected: 163, observed: 163, from: 'shapes' },
    ]);
  }, 30_000);
});
