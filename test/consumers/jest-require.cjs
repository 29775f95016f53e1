require('model-assay/jest');
const { audit } = require('model-assay');

test('the student is not the full version', async () => {
  const report = await audit(`${process.env.MODELS}/student-1a`, { profile: 'folio' });
  await expect(report).not.toBeFullVersionOf('folio');
  await expect(report).toHaveAttentionHeads(3);
  await expect(expect(report).toMatchReference()).rejects.toThrow('Refuted');
});
