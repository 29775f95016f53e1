import { audit } from 'model-assay';
import 'model-assay/vitest';
import { expect, test } from 'vitest';

const models = process.env.MODELS;

test('the student is not the full version', async () => {
  const report = await audit(`${models}/student-1a`, { profile: 'folio' });
  await expect(report).not.toBeFullVersionOf('folio');
  await expect(report).toHaveAttentionHeads(3);
  await expect(expect(report).toMatchReference({ maxPosterior: { other: 0.05 } })).rejects.toThrow('Refuted');
});
