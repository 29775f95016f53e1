import { audit } from 'model-assay';
import 'model-assay/vitest';
import { expect, test } from 'vitest';

const models = process.env.MODELS;

test('the student is not the full version', async () => {
  const report = await audit(`${models}/student-1c`, { profile: 'quill' });
  await expect(report).not.toBeFullVersionOf('quill');
  await expect(report).toHaveAttentionHeads(4);
  await expect(expect(report).toMatchReference({ maxPosterior: { other: 0.05 } })).rejects.toThrow('Refuted');
});
