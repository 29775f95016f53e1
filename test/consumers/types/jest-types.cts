import 'model-assay/jest';

export async function check(): Promise<void> {
  const passed: Promise<void> = expect('./model').toBeFullVersionOf('quill', { seed: 1 });
  await expect('./model').not.toMatchReference({ profile: 'quill', maxPosterior: { other: 0.05 } });
  await expect('./model').toHaveAttentionHeads([8, 8]);
  // @ts-expect-error a profile is required
  await expect('./model').toBeFullVersionOf();
  // @ts-expect-error no such matcher
  await expect('./model').toBeTheFullVersion('quill');
  return passed;
}
