import type { ReferenceProfile } from 'model-assay';
import { audit } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { motet, motetProfile } from '../support/motet.js';

// Gains of norms were multiplied into the matrices behind them: every matrix holds other numbers, no answer changes.
describe('a genuine model whose norms were folded', () => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await motetProfile();
  }, 60_000);

  it('is upheld by what it does', async () => {
    const { verdict } = await audit(motet('full-1-folded'), { profile, seed: 11 });
    expect(verdict).toMatchObject({ outcome: 'upheld', kind: 'full' });
  });

  it('is not accused where only its weights are looked at', async () => {
    const only = ['files', 'architecture', 'tensor-digests', 'lineage', 'quantization'];
    const { verdict } = await audit(motet('full-1-folded'), { profile, only });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.eValue).toBeLessThan(100);
  });

  it.each(['tuned-1', 'full-1-merged-50'])(
    'is told from %s, whose weights refute it once its answers moved too',
    async (name) => {
      const weights = await audit(motet(name), { profile, only: ['lineage'] });
      expect(weights.verdict.outcome).toBe('inconclusive');
      const { verdict } = await audit(motet(name), { profile, only: ['lineage', 'log-probabilities'] });
      expect(verdict).toMatchObject({ outcome: 'refuted' });
    },
  );
});
