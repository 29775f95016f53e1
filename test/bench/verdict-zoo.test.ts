import { describe, expect, it } from 'vitest';

const lib = (file: string) => import(new URL(`../../bench/verdict/lib/${file}`, import.meta.url).href);
const { claimsOf, truthOf } = await lib('zoo.mjs');
const { referencesOf } = await lib('profiles.mjs');
const { natsAgainst } = await lib('nats.mjs');

const row = (name: string, kind: string, of: string | null, how: string, form = 'float32') => ({
  name,
  kind,
  of,
  how,
  form,
});
const members = [
  row('full-1', 'full', 'full-1', 'scratch'),
  row('full-2', 'full', 'full-2', 'scratch'),
  row('full-3', 'full', 'full-3', 'scratch'),
  row('full-1-f16', 'full', 'full-1', 'export', 'float16'),
  row('full-1-int8', 'quantized', 'full-1', 'int8-dynamic', 'int8'),
  row('full-2-int8', 'quantized', 'full-2', 'int8-dynamic', 'int8'),
  row('half-1a', 'distilled', 'full-1', 'logits'),
  row('half-1b', 'distilled', 'full-1', 'logits'),
  row('half-2a', 'distilled', 'full-2', 'logits'),
  row('small-1', 'other', null, 'scratch'),
  row('small-2', 'other', null, 'scratch'),
  row('alien-1', 'other', null, 'alien'),
];
const family = { name: 'zoo', members };
const named = (name: string) => members.find((member) => member.name === name);

describe('truth of a member', () => {
  it('is claimed as a model trained from scratch, and as no export of one', () => {
    expect(claimsOf(family).map(({ name }: { name: string }) => name)).toEqual([
      'full-1',
      'full-2',
      'full-3',
    ]);
  });

  it.each([
    ['full-1', 'full-1', 'full'],
    ['full-1-f16', 'full-1', 'full'],
    ['full-1-int8', 'full-1', 'quantized'],
    ['half-1a', 'full-1', 'distilled'],
    ['full-2', 'full-1', 'other'],
    ['full-2-int8', 'full-1', 'other'],
    ['half-2a', 'full-1', 'other'],
    ['full-1-f16', 'full-2', 'other'],
    ['half-2a', 'full-2', 'distilled'],
    ['alien-1', 'full-2', 'other'],
  ])('%s as %s is %s', (name, claim, kind) => {
    expect(truthOf(named(name), named(claim)).kind).toBe(kind);
  });
});

describe('references of a buyer', () => {
  it('are one full export, or that with a student and two strangers', () => {
    const of = (scenario: string) =>
      referencesOf(family, named('full-1'), named('alien-1'), scenario).map(
        ({ kind, member }: { kind: string; member: { name: string } }) => `${kind} ${member.name}`,
      );
    expect(of('reference')).toEqual(['full full-1']);
    expect(of('informed')).toEqual(['full full-1', 'distilled half-1a', 'other full-2', 'other small-1']);
  });

  it('never hold the candidate beside the claim, nor a stranger it was made from', () => {
    for (const claim of claimsOf(family)) {
      for (const candidate of members.filter(({ name }) => name !== claim.name)) {
        const held = referencesOf(family, claim, candidate, 'informed')
          .map(({ member }: { member: { name: string } }) => member.name)
          .filter((name: string) => name !== claim.name);
        expect(held).not.toContain(candidate.name);
        expect(held).not.toContain(candidate.of);
        expect(held.length).toBeGreaterThan(0);
      }
    }
  });
});

it('counts nats of the best other hypothesis, one that a signal does not mention losing nothing', () => {
  const signal = (id: string, logLikelihood: Record<string, number>) => ({
    id,
    status: 'scored',
    logLikelihood,
  });
  const signals = [
    signal('against', { claim: -5, other: 0 }),
    signal('for', { claim: 0, student: -3, other: -7 }),
    signal('silent', {}),
    signal('of the claim alone', { claim: 0 }),
    { id: 'skipped', status: 'skipped' },
  ];
  expect(natsAgainst({ signals }, 'claim')).toEqual({ against: 5, for: -3, 'of the claim alone': 0 });
});
