import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Architecture, collect, type Evidence, loadProfile, type Report, score } from 'model-assay';
import 'model-assay/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MODELS = join(import.meta.dirname, '../../fixtures/models/quill');
const FULL = join(MODELS, 'full-1');
const STUDENT = join(MODELS, 'student-1c');
/** An honest export; with `withArchitecture`, of a model whose attention cannot be measured. */
const HALF = join(MODELS, 'full-1-f16');

const quill = loadProfile('quill');
let folder: string;
/** Weights in other bytes and no tokenizer: nothing is left to tell the versions apart by. */
let mute: string;
let full: Evidence;
let student: Evidence;
let open: Evidence;
let half: Evidence;
/** Of `full`, claimed to be what it is. */
let upheld: Report;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-matchers-'));
  mute = join(folder, 'mute');
  cpSync(HALF, mute, { recursive: true, filter: (path) => basename(path) !== 'tokenizer.json' });
  full = await collect(FULL);
  student = await collect(STUDENT);
  open = await collect(mute);
  half = await collect(HALF, { only: ['architecture', 'attention-statistics'] });
  upheld = score(full, { profile: quill });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The message of a matcher that fails. */
async function failure(assertion: Promise<void>): Promise<string> {
  return assertion.then(
    () => expect.fail('the matcher passed'),
    (error: unknown) => (error as Error).message,
  );
}

/** Evidence whose heads are read from the graph, not seen in a run. */
function withArchitecture(evidence: Evidence, change: Partial<Architecture>): Evidence {
  const { architecture } = evidence.probes;
  if (architecture?.status !== 'ok') return expect.fail('the architecture was not read');
  const data = { ...(architecture.data as Architecture), ...change };
  const attention = { status: 'unavailable', missing: 'the model shows no attention' } as const;
  return {
    ...evidence,
    probes: {
      ...evidence.probes,
      architecture: { ...architecture, data },
      'attention-statistics': attention,
    },
  };
}

describe('toBeFullVersionOf', () => {
  test('audits a path on the spot', { timeout: 30_000 }, async () => {
    await expect(FULL).toBeFullVersionOf('quill');
    await expect({ kind: 'onnx', path: STUDENT }).not.toBeFullVersionOf(quill);
  });

  test('takes evidence and reports', async () => {
    await expect(full).toBeFullVersionOf(quill);
    await expect(upheld).toBeFullVersionOf(quill);
    await expect(student).not.toBeFullVersionOf(quill);
  });

  test('names the student and gives three reasons when a student is sold as full', async () => {
    const message = await failure(expect(student).toBeFullVersionOf(quill));
    expect(message).toContain('expected candidate to be the full version of "quill"');
    expect(message).toContain('Refuted: candidate `student-1c` is not the `full` version');
    expect(message).toContain('best explained as `student` (distilled)');
    expect(message.match(/^ {2}- /gm)).toHaveLength(3);
  });

  test('says what it saw when an upheld claim was not to be', async () => {
    const message = await failure(expect(full).not.toBeFullVersionOf(quill));
    expect(message).toContain('expected candidate not to be the full version');
    expect(message).toContain('Upheld: candidate `full-1`');
  });

  test('fails both ways on an open verdict and says what would decide', async () => {
    for (const assertion of [expect(open), expect(open).not]) {
      const message = await failure(assertion.toBeFullVersionOf(quill));
      expect(message).toContain('Inconclusive: the evidence does not decide');
      expect(message).toContain('TOKENIZER_MISSING');
      expect(message).toMatch(
        /What would decide:\n {2}- The attention-statistics, .* and log-probabilities probes run to their end/,
      );
    }
  });

  test('fails both ways on a candidate that cannot be audited', async () => {
    for (const assertion of [expect('no/such/model'), expect('no/such/model').not]) {
      const message = await failure(assertion.toBeFullVersionOf(quill));
      expect(message).toMatch(/CANDIDATE_NOT_FOUND: .+\n {2}next: ./);
    }
  });

  test.each([
    ['an unknown profile', () => full, 'quilt', {}, 'PROFILE_NOT_FOUND'],
    ['a report by another profile', () => upheld, 'folio', {}, 'USAGE'],
    ['a claim of another kind', () => full, quill, { claim: 'student' }, 'USAGE'],
    ['no candidate', () => undefined, 'quill', {}, 'USAGE'],
  ])('fails both ways on %s', async (_, received, profile, options, code) => {
    for (const assertion of [expect(received()), expect(received()).not]) {
      expect(await failure(assertion.toBeFullVersionOf(profile, options))).toContain(`${code}: `);
    }
  });

  test('does not take a refuted student claim for a refuted full version', async () => {
    const report = score(full, { profile: quill, claim: 'student' });
    expect(report.verdict.outcome).toBe('refuted');
    expect(await failure(expect(report).not.toBeFullVersionOf(quill))).toContain('no full version');
  });
});

describe('toMatchReference', () => {
  test('holds for an upheld claim of any kind within its limits', async () => {
    await expect(upheld).toMatchReference({ maxPosterior: { other: 0.05 } });
    await expect(full).toMatchReference({ profile: 'quill' });
    await expect(student).not.toMatchReference({ profile: quill });
  });

  test('fails both ways when a posterior passes its limit', async () => {
    for (const assertion of [expect(upheld), expect(upheld).not]) {
      const message = await failure(assertion.toMatchReference({ maxPosterior: { student: 0 } }));
      expect(message).toMatch(/Not met:\n {2}- posterior of "student" is \d/);
    }
  });

  test('fails both ways when an acceptance clause failed', async () => {
    const report = score(full, { profile: quill, expect: { attentionHeads: 16 } });
    for (const assertion of [expect(report), expect(report).not]) {
      const message = await failure(assertion.toMatchReference());
      expect(message).toContain('attentionHeads: expected 16, observed 8');
    }
  });

  test.each([
    ['a limit on an unknown hypothesis', { profile: quill, maxPosterior: { othr: 0.05 } }],
    ['a limit outside 0 to 1', { profile: quill, maxPosterior: { other: 5 } }],
    ['evidence without a profile', {}],
  ])('fails both ways on %s', async (_, options) => {
    for (const assertion of [expect(full), expect(full).not]) {
      expect(await failure(assertion.toMatchReference(options))).toContain('USAGE: ');
    }
  });
});

describe('toHaveAttentionHeads', () => {
  test('counts the heads of a run', { timeout: 30_000 }, async () => {
    await expect(FULL).toHaveAttentionHeads(8);
    await expect(full).toHaveAttentionHeads([8, 8, 8, 8]);
    await expect(upheld).toHaveAttentionHeads(8);
    await expect(student).not.toHaveAttentionHeads(8);
    await expect(full).not.toHaveAttentionHeads([8, 8]);
  });

  test('shows the heads it saw', async () => {
    const message = await failure(expect(student).toHaveAttentionHeads(8));
    expect(message).toContain('Seen in a run of the model: [4, 4] attention heads per layer.');
  });

  test('believes the graph, and needs its layers for a list', async () => {
    const stated = { attentionHeads: { value: 8, from: 'graph' } } as const;
    const graph = withArchitecture(half, stated);
    await expect(graph).toHaveAttentionHeads(8);
    await expect(graph).toHaveAttentionHeads([8, 8, 8, 8]);
    await expect(graph).not.toHaveAttentionHeads(16);
    const layerless = withArchitecture(half, { ...stated, layers: { value: 4, from: 'config' } });
    await expect(layerless).toHaveAttentionHeads(8);
    for (const assertion of [expect(layerless), expect(layerless).not]) {
      expect(await failure(assertion.toHaveAttentionHeads([8]))).toContain('layers could not be seen');
    }
  });

  test('fails both ways when only config.json states the number', async () => {
    const claimed = withArchitecture(half, { attentionHeads: { value: 8, from: 'config' } });
    const report: Report = score(claimed, { profile: quill });
    for (const received of [claimed, report]) {
      for (const assertion of [expect(received), expect(received).not]) {
        const message = await failure(assertion.toHaveAttentionHeads(8));
        expect(message).toContain('The attention heads could not be seen');
        expect(message).toContain('The number 8 in config is a claim');
      }
    }
  });

  test('fails both ways when the model could not be run', async () => {
    for (const received of [open, score(open, { profile: quill })]) {
      for (const assertion of [expect(received), expect(received).not]) {
        expect(await failure(assertion.toHaveAttentionHeads(8))).toContain('TOKENIZER_MISSING: ');
      }
    }
  });

  test.each([0, 1.5, []])('refuses %j heads in both directions', async (heads) => {
    for (const assertion of [expect(full), expect(full).not]) {
      expect(await failure(assertion.toHaveAttentionHeads(heads))).toContain('USAGE: ');
    }
  });
});
