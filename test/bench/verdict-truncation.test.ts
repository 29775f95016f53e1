import { collect, type Evidence, PROBES, shippedSuite } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { planContexts } from '../../src/fingerprint/distributions/contexts.js';
import { model } from '../support/fixtures.js';

const { inMode, truncated } = await import(
  new URL('../../bench/verdict/lib/modes.mjs', import.meta.url).href
);

const ASKED = [
  'architecture',
  'attention-statistics',
  'generation',
  'repetition',
  'log-probabilities',
  'token-distributions',
];
const options = {
  seed: 5,
  threads: 1,
  likeEndpoint: true,
  probes: PROBES.filter(({ id }) => ASKED.includes(id)),
};
const quick = shippedSuite('quick');
const [prompts, texts] = [quick.prompts.slice(2, 5), quick.texts.slice(1, 3)];
const part = { prompts: prompts.map(({ id }) => id), passages: texts.map(({ id }) => id) };

/** Data of a probe without the times it took. */
function dataOf({ probes }: Evidence, probe: string): unknown {
  const status = probes[probe];
  if (status?.status !== 'ok') throw new Error(`${probe}: ${JSON.stringify(status)}`);
  return JSON.parse(JSON.stringify(status.data, (key, value) => (/ms$/i.test(key) ? undefined : value)));
}

describe.each(['quill/full-1', 'folio/student-1a'])('evidence of %s cut down', (name) => {
  let whole: Evidence;
  let small: Evidence;
  beforeAll(async () => {
    whole = await collect(model(name), options);
    small = await collect(model(name), { ...options, suite: { ...quick, prompts, texts } });
  });

  it.each(['attention-statistics', 'generation', 'repetition', 'log-probabilities'])(
    'is what a smaller audit collects: %s',
    (probe) => {
      expect(dataOf(truncated(whole, part), probe)).toEqual(dataOf(small, probe));
    },
  );

  it('holds as many scored tokens as asked for, the first ones', async () => {
    const budget = { ...quick.budget, textTokens: 21 };
    const shorter = await collect(model(name), {
      ...options,
      suite: { ...quick, texts: texts.slice(0, 1), budget },
    });
    const cut = truncated(whole, { passages: part.passages.slice(0, 1), tokens: 20 });
    expect(dataOf(cut, 'log-probabilities')).toEqual(dataOf(shorter, 'log-probabilities'));
  });

  it('keeps the contexts that a probe of one request each asks first', () => {
    const idsOf = (evidence: Evidence): string[] =>
      (dataOf(evidence, 'token-distributions') as { contexts: { id: string }[] }).contexts.map(
        ({ id }) => id,
      );
    const seen = new Set(idsOf(whole));
    const planned = planContexts(quick.texts, seen.size * 2).filter(({ id }) => seen.has(id));
    expect(idsOf(truncated(inMode(whole, 'endpoint'), { contexts: 12 }))).toEqual(
      planned.slice(0, 12).map(({ id }) => id),
    );
  });

  it('shows an endpoint no file, no run and no digest', () => {
    const { candidate, probes } = inMode(whole, 'endpoint') as Evidence;
    expect(Object.keys(probes)).toEqual(['token-distributions']);
    expect(candidate).toMatchObject({ kind: 'endpoint', digest: null });
    expect(Object.keys((inMode(whole, 'delivery') as Evidence).probes)).not.toContain('token-distributions');
  });
});
