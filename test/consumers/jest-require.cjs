require('model-assay/jest');
const { audit } = require('model-assay');

test('the student is not the full version', async () => {
  const report = await audit(`${process.env.MODELS}/student-1c`, { profile: 'quill' });
  await expect(report).not.toBeFullVersionOf('quill');
  await expect(report).toHaveAttentionHeads(4);
  await expect(expect(report).toMatchReference()).rejects.toThrow('Refuted');
});
