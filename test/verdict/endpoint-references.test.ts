import {
  audit,
  collect,
  type Evidence,
  type ReferenceProfile,
  type Report,
  score,
  serve,
  type VersionKind,
} from 'model-assay';
import { describe, expect, it } from 'vitest';
import { model } from '../support/fixtures.js';

/** What a server shows of the weights behind it; token counts and the rest are others' to test. */
const ONLY = ['token-distributions', 'greedy-replies'];
const SEED = 5;

const kept = new Map<string, Promise<Evidence>>();
function once(key: string, make: () => Promise<Evidence>): Promise<Evidence> {
  const found = kept.get(key) ?? make();
  kept.set(key, found);
  return found;
}

/** Evidence of a model behind a server of its own. */
function served(name: string, cheats: readonly string[] = []): Promise<Evidence> {
  return once(`served ${name} ${cheats}`, async () => {
    const server = await serve(model(name), { dialect: 'vllm', cheats });
    try {
      const candidate = { kind: 'endpoint', baseUrl: `${server.url}`, model: server.model } as const;
      return await collect(candidate, { allowPrivateAddresses: true, only: ONLY, seed: SEED });
    } finally {
      await server.close();
    }
  });
}

/** Evidence of a model run beside. */
function beside(name: string): Promise<Evidence> {
  return once(`beside ${name}`, () =>
    collect(model(name), { likeEndpoint: true, only: ONLY, seed: SEED, hash: false }),
  );
}

type Known = Readonly<Record<string, readonly [kind: VersionKind, ...models: string[]]>>;

/** A profile whose variants were measured beside, or, without models, are public facts alone. */
async function knowing(known: Known): Promise<ReferenceProfile> {
  const variants: Record<string, ReferenceProfile['variants'][string]> = {};
  let suite: Evidence['suite'] | undefined;
  for (const [id, [kind, ...models]] of Object.entries(known)) {
    const runs = await Promise.all(
      models.map(async (name) => {
        const { probes, seed, environment, suite: used } = await beside(name);
        suite = used;
        const data = Object.entries(probes).flatMap(([probe, status]) =>
          status.status === 'ok' ? [[probe, status.data] as const] : [],
        );
        return { artifact: name, seed, environment, probes: Object.fromEntries(data) };
      }),
    );
    variants[id] = { kind, facts: {}, digests: [], runs };
  }
  return { schema: 'profile/1', id: 'test', ...(suite ? { suite } : {}), variants };
}

async function judged(evidence: Promise<Evidence>, known: Known, claim: string): Promise<Report> {
  return score(await evidence, { profile: await knowing(known), claim });
}

const TRUSTED: Known = { full: ['full', 'quill/full-1-f16'], student: ['distilled'] };
const SUSPECT: Known = { full: ['full'], student: ['distilled', 'quill/student-1a'] };
const TEACHER: Known = { full: ['full', 'quill/full-1-f16'], student: ['distilled'] };

describe('a trusted model beside', () => {
  it('upholds the same weights behind a server', async () => {
    const { verdict } = await judged(served('quill/full-1'), TRUSTED, 'full');
    expect(verdict).toMatchObject({ outcome: 'upheld', variant: 'full' });
  });

  it.each(['quill/student-1a', 'quill/scratch-1', 'quill/full-2'])('refutes %s', async (name) => {
    const { verdict } = await judged(served(name), TRUSTED, 'full');
    expect(verdict.outcome).toBe('refuted');
  });

  it('neither upholds nor refutes an 8-bit copy: it lies within three times the noise of bfloat16', async () => {
    const { verdict } = await judged(served('quill/full-1-int8'), TRUSTED, 'full');
    expect(verdict.outcome).toBe('inconclusive');
  });

  it.each([['hidden-prompt'], ['retune=0.7,0.95'], ['retune=0'], ['no-logprobs']])(
    'does not refute the same weights behind %s',
    async (cheat) => {
      const { verdict } = await judged(served('quill/full-1', [cheat]), TRUSTED, 'full');
      expect(verdict.outcome).not.toBe('refuted');
    },
  );
});

describe('the reverse test: only the suspect is at hand', () => {
  it('names the student that is sold as the full version', async () => {
    const { verdict } = await judged(served('quill/student-1a'), SUSPECT, 'full');
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled', variant: 'student' });
  });

  it('names the full version that is sold as a student', async () => {
    const { verdict } = await judged(served('quill/full-1'), TEACHER, 'student');
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'full', variant: 'full' });
  });

  it('leans against the claim where an 8-bit copy of the suspect answers', async () => {
    const { verdict } = await judged(served('quill/full-1-int8'), TEACHER, 'student');
    expect(verdict.outcome).not.toBe('upheld');
    expect(verdict.posterior.student).toBeLessThan(0.1);
  });

  it.each(['quill/full-1', 'quill/full-2', 'quill/scratch-1', 'quill/student-1b', 'folio/full-1'])(
    'says nothing against %s, which is far from the suspect',
    async (name) => {
      const { verdict } = await judged(served(name), SUSPECT, 'full');
      expect(verdict.outcome).toBe('inconclusive');
      expect(verdict.posterior.full).toBeGreaterThan(0.3);
    },
  );

  it('names a suspect of no family too', async () => {
    const known: Known = { full: ['full'], stranger: ['other', 'quill/alien'] };
    const { verdict } = await judged(served('quill/alien'), known, 'full');
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'other' });
    expect((await judged(served('quill/full-1'), known, 'full')).verdict.outcome).toBe('inconclusive');
  });
});

describe('references of an audit', () => {
  it('are measured beside the candidate, and make a profile that gives the same report again', async () => {
    const server = await serve(model('quill/student-1a'), { dialect: 'vllm' });
    try {
      let evidence: Evidence | undefined;
      let profile: ReferenceProfile | undefined;
      const report = await audit(
        { kind: 'endpoint', baseUrl: `${server.url}`, model: server.model },
        {
          references: [
            { variant: 'full', kind: 'full', candidate: model('quill/full-1') },
            { variant: 'student', kind: 'distilled', candidate: model('quill/student-1a') },
          ],
          allowPrivateAddresses: true,
          only: ['token-distributions'],
          onEvidence: (seen) => {
            evidence = seen;
          },
          onProfile: (seen) => {
            profile = seen;
          },
        },
      );
      expect(report.verdict).toMatchObject({ outcome: 'refuted', variant: 'student' });
      if (!evidence || !profile) throw new Error('evidence and profile are handed out');
      expect(score(evidence, { profile })).toEqual(report);
    } finally {
      await server.close();
    }
  });

  it.each([
    [{ variant: 'student', candidate: 'x' }, /no kind is given/],
    [{ variant: 'full', kind: 'distilled', candidate: 'x' }, /is full, not distilled/],
    [{ variant: 'mine', kind: 'full', candidate: 'x' }, /is "mine" that one/],
  ] as const)('are refused before anything is asked: %o', async (reference, message) => {
    const profile: ReferenceProfile = {
      schema: 'profile/1',
      id: 'test',
      variants: { full: { kind: 'full', facts: {}, digests: [], runs: [] } },
    };
    await expect(audit('/nowhere', { profile, references: [reference] })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  });

  it('or a profile must be given', async () => {
    await expect(audit('/nowhere', {})).rejects.toMatchObject({ code: 'USAGE' });
  });
});
