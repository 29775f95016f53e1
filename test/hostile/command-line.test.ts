import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../support/command-line.js';
import {
  CLI,
  candidate,
  cli,
  documentCode,
  hostileModel,
  onlyDocument,
  scratch,
} from '../support/hostile-candidates.js';

const LINUX = process.platform === 'linux';
const shell = new CommandLine();
afterAll(() => shell.close());

describe('--json prints one document', () => {
  test.each([
    ['without a command', [], 'USAGE', 2],
    ['of an unknown command', ['frobnicate'], 'USAGE', 2],
    ['without an argument', ['audit'], 'USAGE', 2],
    ['without a profile', ['audit', '.'], 'USAGE', 2],
    ['of an unknown option', ['audit', '.', '--frob'], 'USAGE', 2],
    ['of a group without a command', ['profile'], 'USAGE', 2],
    ['of an unknown profile', ['audit', '.', '--profile', 'nobody'], 'PROFILE_NOT_FOUND', 2],
    ['of an unknown format', ['audit', '.', '--profile', 'folio', '--output', 'constructor'], 'USAGE', 2],
    ['twice on standard output', ['audit', '.', '--profile', 'folio', '--evidence', '-'], 'USAGE', 2],
    ['of an endpoint without a model', ['audit', 'https://host/v1', '--profile', 'folio'], 'USAGE', 2],
    ['of no address', ['collect', 'https://', '--model', 'm'], 'ENDPOINT_ADDRESS', 4],
    ['of an endpoint’s files', ['fingerprint', 'https://host/v1#m'], 'CANDIDATE_UNSUPPORTED', 4],
    ['of an unknown probe', ['collect', '.', '--only', 'constructor'], 'USAGE', 2],
    ['of no prompt', ['attention', '.'], 'USAGE', 2],
    ['of two prompts', ['attention', '.', '--prompt', 'a b', '--input-ids', '1,2'], 'USAGE', 2],
    ['of one prompt twice', ['attention', '.', '--prompt', 'a b', '--prompt', 'c d'], 'USAGE', 2],
    ['of ids twice', ['attention', '.', '--input-ids', '1,2', '--input-ids', '3,4'], 'USAGE', 2],
    ['of a missing id', ['attention', '.', '--input-ids', '1,,2'], 'USAGE', 2],
    ['of a negative id', ['attention', '.', '--input-ids=-1,2'], 'USAGE', 2],
    ['of an unknown statistic', ['attention', '.', '--input-ids', '1,2', '--statistic', 'luck'], 'USAGE', 2],
    ['of a report format', ['attention', '.', '--input-ids', '1,2', '--output', 'sarif'], 'USAGE', 2],
    ['of two readings', ['attention', '.', '--input-ids', '1,2', '--output', 'html'], 'USAGE', 2],
    ['of attention of nothing', ['attention', 'no/such', '--input-ids', '1,2'], 'CANDIDATE_NOT_FOUND', 4],
    ['of a missing candidate', ['fingerprint', 'does/not/exist'], 'CANDIDATE_NOT_FOUND', 4],
    ['of a missing report', ['report', 'does/not/exist'], 'USAGE', 2],
    [
      'of a profile and its summary',
      ['profile', 'build', '--id', 'x', '--variant', 'a:full=.', '-o', '-'],
      'USAGE',
      2,
    ],
    ['of help', ['--help'], 'help/1', 0],
    ['of help on a command', ['audit', '--help'], 'help/1', 0],
    ['of the version', ['--version'], 'version/1', 0],
    ['of a plan', ['audit', '.', '--profile', 'folio', '--dry-run'], 'plan/1', 0],
    ['of a plan to collect', ['collect', '.', '--dry-run'], 'plan/1', 0],
    ['of a plan to compare', ['compare', '.', '.', '--dry-run'], 'plan/1', 0],
    [
      'of a plan to build',
      ['profile', 'build', '--id', 'x', '--variant', 'a:full=.', '-o', 'p', '--dry-run'],
      'plan/1',
      0,
    ],
    ['of a plan for attention', ['attention', '.', '--input-ids', '1,2', '--dry-run'], 'plan/1', 0],
  ])('%s', async (_, args, document, status) => {
    const { code, stdout, stderr } = await shell.run(...args, '--json');
    expect(documentCode(stdout)).toBe(document);
    expect(code).toBe(status);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test.each([
    ['without a command', [], 'USAGE', 2],
    ['of nothing to read', ['fingerprint', 'does/not/exist'], 'CANDIDATE_NOT_FOUND', 4],
    ['of the version', ['--version'], 'version/1', 0],
  ])('in a process of its own: %s', async (_, args, document, status) => {
    const { code, stdout, stderr } = await cli([...args, '--json']);
    expect(documentCode(stdout)).toBe(document);
    expect(code).toBe(status);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('of a refuted claim', async () => {
    const { code, stdout } = await cli(['audit', candidate(), '--profile', 'quill', '--json']);
    expect(onlyDocument(stdout)).toMatchObject({ schema: 'report/1', verdict: { outcome: 'refuted' } });
    expect(code).toBe(1);
  });

  test('of a model that could not be run, with the evidence kept', async () => {
    const kept = join(scratch(), 'evidence.json');
    const folder = hostileModel('division-by-zero');
    const args = ['audit', folder, '--profile', 'quill', '--json', '--evidence', kept];
    const { code, stdout } = await cli(args);
    expect(onlyDocument(stdout)).toMatchObject({ schema: 'report/1' });
    expect(code).not.toBe(0);
    expect(onlyDocument(readFileSync(kept, 'utf8'))).toMatchObject({ probes: { files: { status: 'ok' } } });
  });
});

describe('a configuration that contradicts the graph', () => {
  const genuine = (): string => candidate({}, 'quill/full-1');
  const liar = (): string => {
    const folder = genuine();
    const path = join(folder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, num_hidden_layers: 40 }));
    return folder;
  };

  test('keeps an audit from being upheld', async () => {
    const { code, stdout } = await cli(['audit', liar(), '--profile', 'quill', '--json']);
    expect(onlyDocument(stdout)).toMatchObject({ verdict: { outcome: 'inconclusive' } });
    expect(code).toBe(3);
  });

  test('is no success of collect and fingerprint', async () => {
    expect((await cli(['fingerprint', liar(), '--json'])).code).toBe(3);
    expect((await cli(['fingerprint', genuine(), '--json'])).code).toBe(0);
  });
});

describe.skipIf(!LINUX || !existsSync('/dev/full'))('a full disk', () => {
  const audit = (): string[] => [
    'audit',
    candidate(),
    ...['--profile', 'folio', '--max-tokens', '0', '--json'],
  ];

  test('for the evidence', async () => {
    const { code, stdout } = await cli([...audit(), '--evidence', '/dev/full']);
    expect(documentCode(stdout)).toBe('WRITE_FAILED');
    expect(code).toBe(5);
  });

  test('for a report', async () => {
    const { code, stdout } = await cli([...audit(), '--output', 'html=/dev/full']);
    expect(documentCode(stdout)).toBe('WRITE_FAILED');
    expect(code).toBe(5);
  });

  test.each([
    ['full', '>/dev/full'],
    ['a pipe nobody reads', '| true'],
  ])('for standard output that is %s', async (_, redirect) => {
    const command = `set -o pipefail; "${process.execPath}" "${CLI}" fingerprint "${candidate()}" --json ${redirect}`;
    const { code, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile('bash', ['-c', command], (error, _stdout, text) =>
        resolve({ code: Number(error?.code ?? 0), stderr: text }),
      );
    });
    expect(stderr).not.toMatch(/\n\s+at /);
    if (redirect !== '| true') expect(code).toBe(5);
  });
});

describe('an interruption', () => {
  const partial = (folder: string): Record<string, unknown> =>
    onlyDocument(readFileSync(join(folder, 'assay-evidence.partial.json'), 'utf8'));

  test('during the digest of a large file', async () => {
    const cwd = scratch();
    const folder = candidate({ 'large.bin': '' });
    truncateSync(join(folder, 'large.bin'), 10 * 2 ** 30);
    const { code, stdout } = await cli(['audit', folder, '--profile', 'quill', '--json'], {
      cwd,
      interrupt: { on: /architecture ok/, afterMs: 200 },
    });
    expect(documentCode(stdout)).toBe('ABORTED');
    expect(code).toBe(130);
    expect(partial(cwd)).toMatchObject({ schema: 'evidence/1', probes: { architecture: { status: 'ok' } } });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s during a run of the model', async (signal) => {
    const cwd = scratch();
    const { code, stdout } = await cli(['collect', hostileModel('endless-loop'), '--json'], {
      cwd,
      interrupt: { on: /files ok/, afterMs: 500, signal },
    });
    expect(documentCode(stdout)).toBe('ABORTED');
    expect(code).toBe(130);
    expect(partial(cwd)).toMatchObject({ probes: { files: { status: 'ok' } } });
  });

  test('keeps the evidence where --evidence says', async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'kept'));
    const args = ['audit', hostileModel('endless-loop'), '--profile', 'quill', '--evidence', 'kept/e.json'];
    const { code } = await cli(args, { cwd, interrupt: { on: /files ok/, afterMs: 300 } });
    expect(code).toBe(130);
    expect(onlyDocument(readFileSync(join(cwd, 'kept/e.json'), 'utf8'))).toMatchObject({
      schema: 'evidence/1',
    });
  });
});
