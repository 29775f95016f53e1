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

const references = (variants: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(variants).flatMap(([variant, names]) =>
    names.map((name) => ({
      variant,
      kind: ({ full: 'full', student: 'distilled', stranger: 'other' } as const)[variant as 'full'],
      candidate: model(name),
    })),
  );

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

describe.each(CASES)('$title', ({ variants, upheld, distilled, quantized, other }) => {
  let profile: ReferenceProfile;
  beforeAll(async () => {
    profile = await buildProfile(references(variants), { id: 'rotation', runs: 1 });
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
    expect(found.kind).toBe('other');
  });
});

describe('profiles that know little', () => {
  it('never call an independent model distilled without strangers to compare with', async () => {
    const profile = await buildProfile(
      references({ full: ['quill/full-1'], student: ['quill/student-1a'] }),
      {
        id: 'no-strangers',
        runs: 1,
      },
    );
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
    const profile = await buildProfile(references({ full: ['quill/full-1', 'quill/full-2'] }), {
      id: 'two',
      runs: 1,
    });
    expect(await verdict('quill/full-1-f16', profile)).toMatchObject({ outcome: 'upheld', variant: 'full' });
  });

  it('leave a third training seed open when references differ as strangers do', async () => {
    const profile = await buildProfile(references({ full: ['quill/full-1', 'quill/full-2'] }), {
      id: 'two',
      runs: 1,
    });
    expect((await verdict('quill/full-3', profile)).outcome).toBe('inconclusive');
  });

  it('tell a student from its teacher without having seen a student', async () => {
    const profile = await buildProfile(
      references({ full: ['quill/full-2'], stranger: ['quill/full-1', 'quill/scratch-1'] }),
      { id: 'no-students', runs: 1 },
    );
    expect(await verdict('quill/student-2a', profile)).toMatchObject({
      outcome: 'refuted',
      kind: 'distilled',
    });
  });
});
