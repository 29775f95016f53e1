import type { Evidence } from 'model-assay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIGNALS } from '../../src/registry.js';
import { assemble, scratch } from '../support/exports.js';
import { model } from '../support/fixtures.js';
import { SharedRuntime } from '../support/shared-runtime.js';
import { input, variant } from './evidence.js';

const PROBE = 'attention-statistics';
const QUANTITIES = SIGNALS.filter(({ group }) => group === 'attention');
const folder = scratch();
const runtime = new SharedRuntime();
afterAll(() => runtime.close());
let reference: unknown;

async function measure(path: string): Promise<unknown> {
  const { probes }: Evidence = await runtime.collect(path, { only: [PROBE], threads: 1 });
  const status = probes[PROBE];
  if (status?.status !== 'ok') throw new Error(JSON.stringify(status));
  return status.data;
}

/** Margin of the reference over any other model, per quantity, in nats. */
function margins(candidate: unknown): Record<string, number> {
  return Object.fromEntries(
    QUANTITIES.map((signal) => {
      const result = signal.score(input(candidate, [variant('full', [reference])]));
      if (result.status !== 'scored') throw new Error(result.reason);
      const { full = 0, other = 0 } = result.logLikelihood;
      return [signal.id, full - other];
    }),
  );
}

beforeAll(async () => {
  reference = await measure(model('quill/full-1'));
});

describe('attention of really trained models', () => {
  it.each(['bfloat16', 'half', 'mha', 'standard', 'odd-names'])(
    'knows its weights exported as %s',
    async (name) => {
      for (const [id, margin] of Object.entries(margins(await measure(assemble(name, folder)))))
        expect.soft(margin, id).toBeGreaterThan(1);
    },
  );

  it.each(['full-2', 'full-3', 'student-1a', 'student-2a', 'scratch-1', 'alien'])(
    'does not take %s for it',
    async (name) => {
      for (const [id, margin] of Object.entries(margins(await measure(model(`quill/${name}`)))))
        expect.soft(margin, id).toBeLessThan(-1);
    },
  );
});
