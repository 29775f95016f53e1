import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Evidence } from '../../src/core/types.js';
import { model } from '../support/fixtures.js';
import { cli, documentCode, onlyDocument, scratch } from '../support/hostile-candidates.js';

it('--stop decided asks a delivery no more than it takes, and --stop complete everything', async () => {
  const probes = async (stop: string): Promise<Evidence['probes']> => {
    const file = join(scratch(), 'evidence.json');
    const flags = ['--profile', 'folio', '--stop', stop, '--evidence', file, '--json', '--no-progress'];
    const { code, stdout } = await cli(['audit', model('folio/student-1a'), ...flags]);
    expect(code).toBe(1);
    expect(onlyDocument(stdout).schema).toBe('report/1');
    return (JSON.parse(readFileSync(file, 'utf8')) as Evidence).probes;
  };
  const [decided, complete] = [await probes('decided'), await probes('complete')];
  expect(decided.generation).toEqual({
    status: 'unavailable',
    missing: 'the case was decided before this probe',
  });
  expect(complete.generation?.status).toBe('ok');
});

it.each([
  [['--stop', 'never'], /choices are decided, complete/],
  [['--stop', 'decided', '--variant', 'student=./suspect'], /cannot stop early when references/],
])('%j is a mistake, and nothing is asked', async (flags, message) => {
  const { code, stdout, stderr } = await cli(['audit', '/nowhere', '--profile', 'folio', '--json', ...flags]);
  expect(code).toBe(2);
  expect(stderr + stdout).toMatch(message);
  if (stdout !== '') expect(documentCode(stdout)).toBe('USAGE');
});
