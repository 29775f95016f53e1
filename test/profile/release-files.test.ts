import type { FileDigest, Report } from 'model-assay';
import { loadProfile } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { evidenceOf, factsOf, judged } from '../verdict/public-models.js';

const { variants } = loadProfile('deepseek-r1');
const release = (id: string): FileDigest[] =>
  (variants[id]?.files ?? [])
    .filter(({ name }) => name.endsWith('.safetensors'))
    .map(({ name, bytes = 0, sha256 }) => ({ path: name, bytes, sha256 }));
const R1 = release('full');
const OTHER = '0'.repeat(64);

function audit(
  files: readonly FileDigest[],
  claim = 'full',
  shapes = factsOf('deepseek-r1', 'full'),
): Report {
  const delivered = { files, weights: files.map(({ path }) => path) };
  return judged(evidenceOf({ shapes }, delivered), 'deepseek-r1', claim);
}
const signal = (report: Report, id: string) => report.signals.find((found) => found.id === id);
const sentences = ({ verdict }: Report): string => verdict.reasons.map(({ sentence }) => sentence).join('\n');

describe('published digests', () => {
  it('uphold a claim when every weight file has one, and say whose they are', () => {
    const report = audit(R1);
    expect(report.verdict).toMatchObject({ outcome: 'upheld', variant: 'full' });
    expect(sentences(report)).toContain(
      '163 of 163 weight files of "full" match a published digest (source r1mirror, medium confidence)',
    );
    expect(JSON.stringify(report)).not.toMatch(/authentic/i);
  });

  it('are found under other names', () => {
    const renamed = R1.map((file, i) => ({ ...file, path: `blobs/${i}` }));
    expect(audit(renamed).verdict.outcome).toBe('upheld');
  });

  it('of a student refute the claim of the full model even with its shapes stated', () => {
    const { verdict } = audit(
      release('distill-qwen-32b'),
      'full',
      factsOf('deepseek-r1', 'distill-qwen-32b'),
    );
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled', variant: 'distill-qwen-32b' });
  });

  it('of a single quotation decide nothing', () => {
    const low = variants['distill-llama-70b']?.files?.[0];
    expect(low?.confidence).toBe('low');
    const report = audit([{ path: 'config.json', bytes: 9, sha256: low?.sha256 ?? '' }], 'full', {});
    expect(report.verdict.outcome).toBe('inconclusive');
  });

  it('are not needed: a conversion has none, and nothing follows', () => {
    const files = [{ path: 'model.gguf', bytes: 9, sha256: OTHER }];
    expect(signal(audit(files), 'release-files')?.status).toBe('skipped');
    expect(audit(files).verdict.outcome).toBe('inconclusive');
  });
});

describe('a release of which some files differ', () => {
  const tampered = R1.map((file, i) => (i === 6 ? { ...file, sha256: OTHER } : file));

  it('is not upheld, and the files are named', () => {
    const report = audit(tampered);
    expect(report.verdict.outcome).toBe('inconclusive');
    expect(sentences(report)).toContain('RELEASE_DIFFERS: 162 of 163 weight files match published digests');
    expect(sentences(report)).toContain('model-00007-of-000163.safetensors');
  });

  it('is not upheld when files are missing, or when there are more', () => {
    const short = audit(R1.slice(1));
    expect(short.verdict.outcome).toBe('inconclusive');
    expect(sentences(short)).toContain('model-00001-of-000163.safetensors');
    const more = audit([...R1, { path: 'adapter.safetensors', bytes: 9, sha256: OTHER }]);
    expect(more.verdict.outcome).toBe('inconclusive');
    expect(sentences(more)).toContain('1 weight files are not part of that release');
  });

  it('is not refuted either: a shard may have been uploaded again', () => {
    expect(
      audit(R1.map((file, i) => (i < 100 ? { ...file, sha256: OTHER } : file))).verdict.outcome,
    ).not.toBe('refuted');
  });
});

describe('what metadata say of the release', () => {
  const pointers = R1.map(({ path, bytes, sha256 }) => ({
    path,
    bytes: 135,
    sha256: OTHER,
    pointer: { sha256: `${sha256}`, bytes },
  }));

  it('never acquits: pointers to every shard are text that anyone can copy', () => {
    const report = audit(pointers);
    expect(signal(report, 'release-claims')).toMatchObject({
      status: 'scored',
      observed: '163 Git-LFS pointers of "full"',
    });
    expect(signal(report, 'release-files')?.status).toBe('skipped');
    expect(report.verdict.outcome).toBe('inconclusive');
  });

  it('is weak where only names and sizes agree, as those of DeepSeek-V3 may', () => {
    const unread = R1.map((file) => ({ ...file, sha256: null }));
    const report = audit(unread);
    const found = signal(report, 'release-claims');
    expect(found?.status === 'scored' && found.logLikelihood.other).toBeCloseTo(Math.log(0.2), 9);
    expect(report.verdict.outcome).toBe('inconclusive');
  });

  it('does not refute: a misplaced configuration is one mistake', () => {
    const config = variants['distill-qwen-32b']?.files?.find(({ name }) => name === 'config.json');
    const report = audit([{ path: 'config.json', bytes: 664, sha256: config?.sha256 ?? '' }]);
    expect(report.verdict.outcome).toBe('inconclusive');
  });
});
