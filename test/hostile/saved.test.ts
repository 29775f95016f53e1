import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { collect, type Evidence, loadProfile, readProfile, score } from '../../dist/esm/index.js';
import { CommandLine } from '../support/command-line.js';
import { cli, documentCode, fixturePath, onlyDocument, scratch } from '../support/hostile-candidates.js';

const genuine: Evidence = await collect(fixturePath('models/quill/full-1'), {
  only: ['architecture', 'log-probabilities'],
});

const profile = loadProfile('quill');
const shell = new CommandLine();
afterAll(() => shell.close());

function saved(content: string): string {
  const path = join(scratch(), 'evidence.json');
  writeFileSync(path, content);
  return path;
}

async function scored(content: string): Promise<{ document: string; code: number | null; outcome: unknown }> {
  const { code, stdout } = await shell.run('score', saved(content), '--profile', 'quill', '--json');
  const { verdict } = onlyDocument(stdout) as { verdict?: { outcome: string } };
  return { document: documentCode(stdout), code, outcome: verdict?.outcome };
}

const withData = (id: string, data: unknown): string =>
  JSON.stringify({ ...genuine, probes: { ...genuine.probes, [id]: { status: 'ok', version: 1, data } } });

describe('saved evidence', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['without fields', '{"schema":"evidence/1"}'],
    ['nested without end', `{"schema":${'['.repeat(300_000)}${']'.repeat(300_000)}}`],
    ['without an architecture', withData('architecture', null)],
    ['with an empty architecture', withData('architecture', {})],
  ])('that is %s', async (_, content) => {
    expect(await scored(content)).toMatchObject({ document: 'EVIDENCE_INVALID', code: 2 });
  });

  test.each([
    ['null', null],
    ['a number', 7],
    ['empty', {}],
    ['without texts', { vocabSize: 1024, sampleIds: [], texts: [] }],
    [
      'of wrong texts',
      { vocabSize: 1024, sampleIds: [1], texts: [{ id: 7, ids: 'x', target: null, sample: 3 }] },
    ],
    ['of huge counts', { vocabSize: 1e308, sampleIds: { length: 1e9 }, texts: { length: 1e9 } }],
  ])('whose log-probabilities are %s is no pass', (_, data) => {
    const forged = JSON.parse(withData('log-probabilities', data)) as Evidence;
    expect(score(forged, { profile }).verdict.outcome).not.toBe('upheld');
  });

  test('without its log-probabilities is no pass', () => {
    const { 'log-probabilities': _omitted, ...probes } = genuine.probes;
    expect(score({ ...genuine, probes }, { profile }).verdict.outcome).toBe('inconclusive');
  });

  test('with a prototype pollutes nothing', () => {
    const text = JSON.stringify(genuine).replace('{', '{"__proto__":{"polluted":1},');
    score(JSON.parse(text) as Evidence, { profile });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('of 10 GB', async () => {
    const path = saved('');
    truncateSync(path, 10 * 2 ** 30);
    const { code, stdout } = await cli(['score', path, '--profile', 'quill', '--json']);
    expect(documentCode(stdout)).toBe('EVIDENCE_INVALID');
    expect(code).toBe(2);
  });

  test('that is a folder', async () => {
    const { code, stdout } = await shell.run('score', scratch(), '--profile', 'quill', '--json');
    expect(documentCode(stdout)).toBe('USAGE');
    expect(code).toBe(2);
  });
});

describe('a profile', () => {
  test('of aliases of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
    );
    expect(() => readProfile(levels.join('\n'), 'bomb')).toThrow(
      expect.objectContaining({ code: 'PROFILE_INVALID' }),
    );
  });

  test.each([
    ['nested without end', '['.repeat(50_000)],
    ['binary', '\u0000\u0001'],
  ])('that is %s', (_, yaml) => {
    expect(() => readProfile(yaml, 'hostile')).toThrow(expect.objectContaining({ code: 'PROFILE_INVALID' }));
  });

  test('is not written to by evidence', () => {
    const before = JSON.stringify(loadProfile('quill'));
    score(genuine, { profile });
    expect(JSON.stringify(loadProfile('quill'))).toBe(before);
  });
});

describe('a saved report', () => {
  test.each([
    ['no JSON', '<html>'],
    ['nested without end', '['.repeat(200_000)],
    ['evidence', JSON.stringify({ schema: 'evidence/1' })],
  ])('that is %s', async (_, content) => {
    const { code, stdout } = await shell.run('report', saved(content), '--json');
    expect(documentCode(stdout)).toBe('EVIDENCE_INVALID');
    expect(code).toBe(2);
  });
});
