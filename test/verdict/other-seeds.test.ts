import {
  buildProfile,
  collect,
  type Evidence,
  type ReferenceProfile,
  score,
  type Verdict,
} from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { model } from '../support/fixtures.js';

const evidence = new Map<string, Promise<Evidence>>();

/** Audit with a seed, thread count and prompt order no reference was measured with. */
function measured(name: string): Promise<Evidence> {
  const known = evidence.get(name) ?? collect(model(name), { seed: 99, threads: 1 });
  evidence.set(name, known);
  return known;
}

async function verdict(name: string, profile: ReferenceProfile): Promise<Verdict> {
  return score(await measured(name), { profile }).verdict;
}

const alone = new Map<string, Promise<ReferenceProfile>>();

/** A reference measured once, in a profile of its own. */
function reference(name: string): Promise<ReferenceProfile> {
  const known =
    alone.get(name) ??
    buildProfile([{ variant: 'full', kind: 'full', candidate: model(name) }], { id: name, runs: 1 });
  alone.set(name, known);
  return known;
}

const KINDS = { full: 'full', student: 'distilled', stranger: 'other' } as const;
type Variants = Readonly<Partial<Record<keyof typeof KINDS, readonly string[]>>>;

/** The profile that buildProfile makes of all these references, from the measurements of each. */
async function profileOf(variants: Variants): Promise<ReferenceProfile> {
  const built: ReferenceProfile['variants'][string][] = [];
  let suite: ReferenceProfile['suite'];
  const entries = Object.entries(variants) as [keyof typeof KINDS, readonly string[]][];
  for (const [variant, names] of entries) {
    const profiles = await Promise.all(names.map(reference));
    const measured = profiles.flatMap((profile) => profile.variants.full ?? []);
    const [first] = measured;
    suite = profiles[0]?.suite;
    built.push({
      kind: KINDS[variant],
      facts: Object.fromEntries(
        Object.entries(first?.facts ?? {}).filter(([fact, value]) =>
          measured.every(({ facts }) => facts[fact] === value),
        ),
      ),
      digests: measured.flatMap(({ digests }) => digests),
      runs: measured.flatMap(({ runs }) => runs),
    });
  }
  return {
    schema: 'profile/1',
    id: 'rotation',
    ...(suite === undefined ? {} : { suite }),
    variants: Object.fromEntries(
      entries.map(([variant], i) => [variant, built[i]]),
    ) as ReferenceProfile['variants'],
  };
}

interface Case {
  readonly title: string;
  readonly variants: Readonly<Record<'full' | 'student' | 'stranger', readonly string[]>>;
  readonly upheld: readonly string[];
  readonly distilled: readonly string[];
  readonly quantized: readonly string[];
  readonly other: readonly string[];
}

// No model is judged by a profile that holds its own file, except the genuine full one, whose other export is
// judged too; each student, stranger and sibling is judged from references of other seeds.
const CASES: readonly Case[] = [
  {
    title: 'quill, first rotation',
    variants: {
      full: ['quill/full-1'],
      student: ['quill/student-1a', 'quill/student-1b'],
      stranger: ['quill/scratch-1', 'quill/full-2'],
    },
    upheld: ['quill/full-1', 'quill/full-1-f16'],
    distilled: ['quill/student-1c'],
    quantized: ['quill/full-1-int8'],
    other: ['quill/full-3', 'quill/scratch-2', 'quill/scratch-3', 'quill/alien', 'quill/student-2a'],
  },
  {
    title: 'quill, second rotation',
    variants: {
      full: ['quill/full-1-f16'],
      student: ['quill/student-1b', 'quill/student-1c'],
      stranger: ['quill/scratch-2', 'quill/full-3'],
    },
    upheld: ['quill/full-1', 'quill/full-1-f16'],
    distilled: ['quill/student-1a'],
    quantized: ['quill/full-1-int8'],
    other: ['quill/full-2', 'quill/scratch-1', 'quill/scratch-3', 'quill/alien', 'quill/student-3a'],
  },
  {
    title: 'folio, first rotation',
    variants: { full: ['folio/full-1'], student: ['folio/student-1a'], stranger: ['folio/scratch-1'] },
    upheld: ['folio/full-1', 'folio/full-1-attn'],
    distilled: ['folio/student-1b'],
    quantized: ['folio/full-1-int8'],
    other: ['folio/full-2', 'folio/scratch-2', 'folio/alien'],
  },
  {
    title: 'folio, second rotation',
    variants: { full: ['folio/full-1-attn'], student: ['folio/student-1b'], stranger: ['folio/scratch-2'] },
    upheld: ['folio/full-1'],
    distilled: ['folio/student-1a'],
    quantized: ['folio/full-1-int8'],
    other: ['folio/full-2', 'folio/scratch-1', 'folio/alien'],
  },
];

it('puts measured references together as buildProfile does', async () => {
  const [one, two] = ['quill/full-1', 'quill/student-1a'] as const;
  const together = await buildProfile(
    [
      { variant: 'full', kind: 'full', candidate: model(one) },
      { variant: 'student', kind: 'distilled', candidate: model(two) },
    ],
    { id: 'rotation', runs: 1 },
  );
  const parts = await profileOf({ full: [one], student: [two] });
  const shape = ({ suite, variants }: ReferenceProfile) => ({
    suite,
    variants: Object.entries(variants).map(([id, { kind, facts, digests, runs }]) => ({
      id,
      kind,
      facts,
      digests,
      runs: runs.map(({ artifact, seed, probes }) => ({ artifact, seed, probes: Object.keys(probes) })),
    })),
  });
  expect(shape(parts)).toEqual(shape(together));
});

describe.each(CASES)('$title', ({ variants, upheld, distilled, quantized, other }) => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await profileOf(variants);
  });

  it.each(upheld)('upholds the genuine %s', async (name) => {
    expect(await verdict(name, profile)).toMatchObject({ outcome: 'upheld', kind: 'full', variant: 'full' });
  });
  it.each(distilled)('names %s distilled', async (name) => {
    expect(await verdict(name, profile)).toMatchObject({
      outcome: 'refuted',
      kind: 'distilled',
      variant: 'student',
    });
  });
  it.each(quantized)('names %s quantized', async (name) => {
    expect(await verdict(name, profile)).toMatchObject({ outcome: 'refuted', kind: 'quantized' });
  });
  it.each(other)('refutes %s without calling it a family member', async (name) => {
    const found = await verdict(name, profile);
    expect(found.outcome).toBe('refuted');
    expect(['other', 'unknown']).toContain(found.kind);
  });
});

describe('profiles that know little', () => {
  it('never call an independent model distilled without strangers to compare with', async () => {
    const profile = await profileOf({ full: ['quill/full-1'], student: ['quill/student-1a'] });
    for (const name of [
      'quill/scratch-1',
      'quill/scratch-2',
      'quill/scratch-3',
      'quill/alien',
      'quill/student-2a',
    ]) {
      const found = await verdict(name, profile);
      expect(found.outcome).toBe('refuted');
      expect(found.kind).not.toBe('distilled');
    }
  });

  it('uphold another export of one of several full references', async () => {
    const profile = await profileOf({ full: ['quill/full-1', 'quill/full-2'] });
    expect(await verdict('quill/full-1-f16', profile)).toMatchObject({ outcome: 'upheld', variant: 'full' });
  });

  it('leave a third training seed open when references differ as strangers do', async () => {
    const profile = await profileOf({ full: ['quill/full-1', 'quill/full-2'] });
    expect((await verdict('quill/full-3', profile)).outcome).toBe('inconclusive');
  });

  it('tell a student from its teacher without having seen a student', async () => {
    const profile = await profileOf({
      full: ['quill/full-2'],
      stranger: ['quill/full-1', 'quill/scratch-1'],
    });
    expect(await verdict('quill/student-2a', profile)).toMatchObject({
      outcome: 'refuted',
      kind: 'distilled',
    });
  });
});

describe('a profile that measured the full version alone', () => {
  const FAMILY = ['distilled', 'quantized', 'pruned', 'finetuned'];
  const found = async (name: string): Promise<Verdict> => verdict(name, await reference('quill/full-1'));

  it.each(['quill/full-1', 'quill/full-1-f16'])('upholds the genuine %s', async (name) => {
    expect(await found(name)).toMatchObject({ outcome: 'upheld', kind: 'full' });
  });

  it('names an 8-bit copy', async () => {
    expect(await found('quill/full-1-int8')).toMatchObject({ outcome: 'refuted', kind: 'quantized' });
  });

  it.each(['quill/student-1a', 'quill/student-1c'])('takes the student %s for no copy', async (name) => {
    const { outcome, kind } = await found(name);
    expect(outcome).toBe('refuted');
    expect(['distilled', 'unknown']).toContain(kind);
  });

  it.each(['quill/full-2', 'quill/student-2a', 'quill/scratch-1', 'quill/alien'])(
    'takes %s for no family member',
    async (name) => {
      const { outcome, kind } = await found(name);
      expect(outcome).toBe('refuted');
      expect(FAMILY).not.toContain(kind);
    },
  );
});
