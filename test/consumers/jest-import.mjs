import { expect as imported } from '@jest/globals';
import { collect } from 'model-assay';
import 'model-assay/jest';
import * as matchers from 'model-assay/matchers';

test('evidence from an ES module', async () => {
  const evidence = await collect(`${process.env.MODELS}/student-1a`, { only: ['attention-statistics'] });
  await expect(evidence).toHaveAttentionHeads([3, 3]);
  const nothing = { ...evidence, probes: {} };
  await expect(expect(nothing).not.toBeFullVersionOf('folio')).rejects.toThrow('Inconclusive');
});

test('extended by hand', async () => {
  imported.extend(matchers);
  await imported(imported('no/such/model').not.toMatchReference({ profile: 'folio' })).rejects.toThrow(
    'CANDIDATE_NOT_FOUND',
  );
});
