import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './support/command-line.js';
import { model } from './support/fixtures.js';

const MAIN = fileURLToPath(new URL('../dist/esm/cli/main.js', import.meta.url));

/** A command in a process of its own, as a shell runs it. */
function assay(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

const scratch = (): string => mkdtempSync(join(tmpdir(), 'assay-'));

const shell = new CommandLine();
afterAll(() => shell.close());

describe('assay audit of a student sold as full', () => {
  const folder = scratch();
  let audited: ReturnType<typeof assay>;
  beforeAll(() => {
    const outputs = ['html', 'markdown', 'junit', 'json'].map(
      (format) => `--output=${format}=${join(folder, format)}`,
    );
    const evidence = ['--evidence', join(folder, 'evidence')];
    audited = assay(['audit', model('folio/student-1a'), '--profile', 'folio', ...outputs, ...evidence]);
  });

  it('refutes it with exit code 1 and writes every report', () => {
    expect(audited.status).toBe(1);
    expect(audited.stdout).toMatch(/^Refuted:/);
    expect(readFileSync(join(folder, 'html'), 'utf8')).toContain('<svg');
    expect(JSON.parse(readFileSync(join(folder, 'json'), 'utf8'))).toMatchObject({ schema: 'report/1' });
  });

  it('keeps evidence that scores to the same bytes in another locale and time zone', () => {
    const args = ['score', join(folder, 'evidence'), '--profile', 'folio', '--json'];
    const here = assay(args, { TZ: 'UTC', LANG: 'C' });
    const there = assay(args, { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' });
    expect(here.status).toBe(1);
    expect(here.stdout).toBe(readFileSync(join(folder, 'json'), 'utf8'));
    expect(there.stdout).toBe(here.stdout);
  });

  it('keeps a report that is rendered again, unchanged', async () => {
    const again = await shell.run('report', join(folder, 'json'), '--json');
    expect(again.code).toBe(1);
    expect(again.stdout).toBe(readFileSync(join(folder, 'json'), 'utf8'));
  });
});

describe('assay', () => {
  it('upholds the genuine model with exit code 0', () => {
    expect(assay(['audit', model('quill/full-1'), '--profile', 'quill', '--seed', '42']).status).toBe(0);
  });

  it('collects evidence that is worth scoring', async () => {
    const file = join(scratch(), 'evidence.json');
    const { code } = await shell.run('collect', model('folio/student-1a'), '-o', file);
    expect(code).toBe(0);
    expect((await shell.run('score', file, '--profile', 'folio')).code).toBe(1);
  });

  it('reads attention of a bare .onnx file from token ids', async () => {
    const graph = model('quill/full-1/onnx/model.onnx');
    const { code, stdout } = await shell.run('attention', graph, '--input-ids', '5,6,7,8', '--json');
    expect(code).toBe(0);
    const reading = JSON.parse(stdout) as { layers: number; headCount: number[]; entropyBits: number[][] };
    expect(reading).toMatchObject({ layers: 4, headCount: [8, 8, 8, 8] });
    expect(reading.entropyBits.map((layer) => layer.length)).toEqual([8, 8, 8, 8]);
  });

  it('shows attention as a heatmap, and writes it as a page', async () => {
    const folder = scratch();
    const args = ['attention', model('quill/full-1'), '--prompt', 'the cat sat on the mat', '--no-progress'];
    const outputs = ['html', 'json', 'terminal'].map(
      (format) => `--output=${format}=${join(folder, format)}`,
    );
    const { status, stdout, stderr } = assay([...args, '--statistic', 'max', ...outputs]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('measured   4 self-attention layers with 8 heads');
    expect(stdout).toContain('\nLargest weight: ');
    expect(stdout.match(/^ {4}\d .*( [·░▒▓█]\d\.\d\d){8} {3}\d\.\d\d$/gm)).toHaveLength(4);
    expect(stdout).not.toContain('\u001b');
    expect(readFileSync(join(folder, 'terminal'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(folder, 'html'), 'utf8')).toContain('<figcaption>Head similarity</figcaption>');
    expect((await shell.run(...args, '--json')).stdout).toBe(readFileSync(join(folder, 'json'), 'utf8'));
  });

  it('names a token id that the model does not have, with one JSON document', async () => {
    const args = ['attention', model('quill/full-1'), '--input-ids', '1,4096', '--json'];
    const { code, stdout } = await shell.run(...args);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'error/1',
      error: { code: 'USAGE', message: expect.stringContaining('the token id 4096 at position 1') },
    });
  });

  it('plans attention by its own prompt', async () => {
    const args = ['attention', 'nowhere', '--input-ids', '1, 2,3', '--dry-run', '--json'];
    const { probes } = JSON.parse((await shell.run(...args)).stdout) as { probes: unknown };
    expect(probes).toEqual([{ probe: 'attention-statistics', requests: 1, tokens: 3 }]);
  });

  it('fingerprints without running the model', async () => {
    const { code, stdout } = await shell.run('fingerprint', model('folio/full-2'), '--json');
    expect(code).toBe(0);
    const { probes } = JSON.parse(stdout) as {
      probes: { files: { data: { files: { path: string; sha256: string }[] } } };
    };
    const data = probes.files.data.files.find(({ path }) => path === 'onnx/model.onnx_data');
    const openssl = execFileSync('sha256sum', [model('folio/full-2/onnx/model.onnx_data')], {
      encoding: 'utf8',
    });
    expect(data?.sha256).toBe(openssl.split(' ')[0]);
  });

  it('compares two exports of one model', async () => {
    const full = model('quill/full-1');
    expect((await shell.run('compare', full, model('quill/full-1-f16'))).code).toBe(0);
    expect((await shell.run('compare', full, model('quill/full-2'))).code).toBe(1);
  });

  it('builds a profile that it can check and use', async () => {
    const file = join(scratch(), 'profile.yaml');
    const variant = `full:full=${model('folio/full-1')}`;
    const built = await shell.run('profile', 'build', '--id', 'mine', '--variant', variant, '-o', file);
    expect(built.code).toBe(0);
    expect(built.stdout).toMatch(/^signal +runs +noise +full$/m);
    expect(built.stdout).toMatch(/^log-probability-distance +2 +0\.00 +[1-9]\d*\.\d\d$/m);
    expect((await shell.run('profile', 'show', file)).stdout).toContain(built.stdout.trim());
    expect((await shell.run('profile', 'check', file)).code).toBe(0);
    expect((await shell.run('audit', model('folio/full-1-attn'), '--profile', file)).code).toBe(0);
  });

  it('shows the cost before anything runs', async () => {
    const args = ['audit', 'nowhere', '--profile', 'folio', '--dry-run', '--json'];
    const { code, stdout } = await shell.run(...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'plan/1' });
  });

  it('exits 2 on usage errors and unknown profiles, with one JSON document', async () => {
    for (const args of [
      ['audit'],
      ['audit', 'x', '--profile', 'no-such'],
      ['frobnicate'],
      ['score', 'none', '--profile', 'folio'],
    ]) {
      const { code, stdout } = await shell.run(...args, '--json');
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ schema: 'error/1' });
    }
    expect(assay(['audit', '--json']).status).toBe(2);
  });

  it('exits 1 when an acceptance clause fails although the claim is upheld', async () => {
    const args = ['audit', model('quill/full-1'), '--profile', 'quill', '--expect', 'attentionHeads=16'];
    const { code, stdout } = await shell.run(...args, '--max-tokens', '0', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: { outcome: 'upheld' } });
    expect(code).toBe(1);
  });
});
