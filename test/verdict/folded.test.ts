import { fileURLToPath } from 'node:url';
import type { ReferenceProfile } from 'model-assay';
import { audit, buildProfile } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';

const member = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/zoo/motet/${name}`, import.meta.url));

// Gains of norms were multiplied into the matrices behind them: every matrix holds other numbers, no answer changes.
describe('a genuine model whose norms were folded', () => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await buildProfile([{ variant: 'full', kind: 'full', candidate: member('full-1') }], {
      id: 'motet',
      runs: 1,
    });
  }, 60_000);

  it('is upheld by what it does', async () => {
    const { verdict } = await audit(member('full-1-folded'), { profile, seed: 11 });
    expect(verdict).toMatchObject({ outcome: 'upheld', kind: 'full' });
  });

  it('is not accused where only its weights are looked at', async () => {
    const only = ['files', 'architecture', 'tensor-digests', 'lineage', 'quantization'];
    const { verdict } = await audit(member('full-1-folded'), { profile, only });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.eValue).toBeLessThan(100);
  });

  it('is told from a fine-tune and a merge, whose weights alone refute them', async () => {
    for (const name of ['tuned-1', 'full-1-merged-50']) {
      const { verdict } = await audit(member(name), { profile, only: ['lineage'] });
      expect([name, verdict.outcome]).toEqual([name, 'refuted']);
    }
  });
});
