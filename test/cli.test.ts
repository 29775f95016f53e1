import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { model } from './support/fixtures.js';

const MAIN = fileURLToPath(new URL('../dist/esm/cli/main.js', import.meta.url));

function assay(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

const scratch = (): string => mkdtempSync(join(tmpdir(), 'assay-'));

describe('assay', () => {
  it('refutes a student sold as full with exit code 1 and writes every report', () => {
    const folder = scratch();
    const outputs = ['html', 'markdown', 'junit', 'json'].map(
      (format) => `--output=${format}=${join(folder, format)}`,
    );
    const { status, stdout } = assay(['audit', model('quill/student-1c'), '--profile', 'quill', ...outputs]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Refuted:/);
    expect(readFileSync(join(folder, 'html'), 'utf8')).toContain('<svg');
    expect(JSON.parse(readFileSync(join(folder, 'json'), 'utf8'))).toMatchObject({ schema: 'report/1' });
  });

  it('upholds the genuine model with exit code 0', () => {
    expect(assay(['audit', model('quill/full-1'), '--profile', 'quill', '--seed', '42']).status).toBe(0);
  });

  it('scores saved evidence to the same bytes in another locale and time zone', () => {
    const file = join(scratch(), 'evidence.json');
    expect(assay(['collect', model('quill/student-1c'), '-o', file]).status).toBe(0);
    const args = ['score', file, '--profile', 'quill', '--json'];
    const here = assay(args, { TZ: 'UTC', LANG: 'C' });
    const there = assay(args, { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' });
    expect(here.status).toBe(1);
    expect(there.stdout).toBe(here.stdout);
  });

  it('renders a saved report again, unchanged', () => {
    const file = join(scratch(), 'report.json');
    assay(['audit', model('quill/student-1c'), '--profile', 'quill', '--output', `json=${file}`]);
    const again = assay(['report', file, '--json']);
    expect(again.status).toBe(1);
    expect(again.stdout).toBe(readFileSync(file, 'utf8'));
  });

  it('reads attention of a bare .onnx file from token ids', () => {
    const { status, stdout } = assay([
      'attention',
      model('quill/full-1/onnx/model.onnx'),
      '--input-ids',
      '5,6,7,8',
      '--json',
    ]);
    expect(status).toBe(0);
    const reading = JSON.parse(stdout) as { layers: number; headCount: number[]; entropyBits: number[][] };
    expect(reading).toMatchObject({ layers: 4, headCount: [8, 8, 8, 8] });
    expect(reading.entropyBits.map((layer) => layer.length)).toEqual([8, 8, 8, 8]);
  });

  it('shows attention as a heatmap, and writes it as a page', () => {
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
    expect(assay([...args, '--json']).stdout).toBe(readFileSync(join(folder, 'json'), 'utf8'));
  });

  it('names a token id that the model does not have, with one JSON document', () => {
    const { status, stdout } = assay(['attention', model('quill/full-1'), '--input-ids', '1,4096', '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'error/1',
      error: { code: 'USAGE', message: expect.stringContaining('the token id 4096 at position 1') },
    });
  });

  it('plans attention by its own prompt', () => {
    const args = ['attention', 'nowhere', '--input-ids', '1, 2,3', '--dry-run', '--json'];
    const { probes } = JSON.parse(assay(args).stdout) as { probes: unknown };
    expect(probes).toEqual([{ probe: 'attention-statistics', requests: 1, tokens: 3 }]);
  });

  it('fingerprints without running the model', () => {
    const { status, stdout } = assay(['fingerprint', model('folio/full-2'), '--json']);
    expect(status).toBe(0);
    const { probes } = JSON.parse(stdout) as {
      probes: { files: { data: { files: { path: string; sha256: string }[] } } };
    };
    const data = probes.files.data.files.find(({ path }) => path === 'onnx/model.onnx_data');
    const openssl = execFileSync('sha256sum', [model('folio/full-2/onnx/model.onnx_data')], {
      encoding: 'utf8',
    });
    expect(data?.sha256).toBe(openssl.split(' ')[0]);
  });

  it('compares two exports of one model', () => {
    expect(assay(['compare', model('quill/full-1'), model('quill/full-1-f16')]).status).toBe(0);
    expect(assay(['compare', model('quill/full-1'), model('quill/full-2')]).status).toBe(1);
  });

  it('builds a profile that it can check and use', () => {
    const file = join(scratch(), 'profile.yaml');
    const built = assay([
      'profile',
      'build',
      '--id',
      'mine',
      '--variant',
      `full:full=${model('folio/full-1')}`,
      '-o',
      file,
    ]);
    expect(built.status).toBe(0);
    expect(built.stdout).toMatch(/^signal +runs +noise +full$/m);
    expect(built.stdout).toMatch(/^log-probability-distance +2 +0\.00 +[1-9]\d*\.\d\d$/m);
    expect(assay(['profile', 'show', file]).stdout).toContain(built.stdout.trim());
    expect(assay(['profile', 'check', file]).status).toBe(0);
    expect(assay(['audit', model('folio/full-1-attn'), '--profile', file]).status).toBe(0);
  });

  it('shows the cost before anything runs', () => {
    const { status, stdout } = assay(['audit', 'nowhere', '--profile', 'quill', '--dry-run', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'plan/1' });
  });

  it('exits 2 on usage errors and unknown profiles, with one JSON document', () => {
    for (const args of [
      ['audit'],
      ['audit', 'x', '--profile', 'no-such'],
      ['frobnicate'],
      ['score', 'none', '--profile', 'quill'],
    ]) {
      const { status, stdout } = assay([...args, '--json']);
      expect(status).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ schema: 'error/1' });
    }
  });

  it('exits 1 when an acceptance clause fails although the claim is upheld', () => {
    const args = ['audit', model('quill/full-1'), '--profile', 'quill', '--expect', 'attentionHeads=16'];
    expect(assay(args).status).toBe(1);
  });
});
