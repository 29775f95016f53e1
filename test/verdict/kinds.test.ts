import { audit, buildProfile, type ReferenceProfile, type Verdict } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { derivedFrom, moved, narrowedTo, roundedTo, zeroed } from '../support/derived-models.js';
import { model } from '../support/fixtures.js';

const FAMILY = ['distilled', 'quantized', 'pruned', 'finetuned'];

// The fixtures themselves are judged by the same profile in other-seeds.test.ts.
describe('a profile that measured the full version alone, and copies made here', () => {
  let profile: ReferenceProfile;
  const verdictOf = async (candidate: string): Promise<Verdict> =>
    (await audit(candidate, { profile, claim: 'full', seed: 99 })).verdict;

  beforeAll(async () => {
    profile = await buildProfile([{ variant: 'full', kind: 'full', candidate: model('quill/full-1') }], {
      id: 'alone',
      runs: 1,
    });
  });

  it.each([
    ['half of the weights set to zero', zeroed(0.5), {}],
    ['neurons cut out', narrowedTo(144), { intermediate_size: 144 }],
  ])('names a pruned copy: %s', async (_, edit, config) => {
    const verdict = await verdictOf(derivedFrom('quill/full-1', edit, config));
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'pruned' });
  });

  it('names a tuned copy', async () => {
    const verdict = await verdictOf(derivedFrom('quill/full-1', moved(0.15)));
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'finetuned' });
  });

  it.each([3, 4])('names a copy quantized to %d bits that is stored as floats', async (bits) => {
    const verdict = await verdictOf(derivedFrom('quill/full-1', roundedTo(bits)));
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'quantized' });
  });

  it('takes copies of another version for no family member', async () => {
    for (const edit of [zeroed(0.5), moved(0.15), roundedTo(4)]) {
      const verdict = await verdictOf(derivedFrom('quill/full-2', edit));
      expect(verdict.outcome).toBe('refuted');
      expect(FAMILY).not.toContain(verdict.kind);
    }
  });
});
