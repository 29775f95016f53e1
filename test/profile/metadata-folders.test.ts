import { audit, type Report, renderers } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const R1 = shared('models/deepseek-r1-full-METADATA');
const DISTILL = shared('models/deepseek-r1-distill-qwen-32b-METADATA');
const judge = (folder: string, claim: string): Promise<Report> =>
  audit(folder, { profile: 'deepseek-r1', claim });
const sentences = ({ verdict }: Report): string => verdict.reasons.map(({ sentence }) => sentence).join('\n');

describe.skipIf(!sharedData)(`real metadata folders${whySkipped}`, () => {
  it('of R1 do not prove R1: the case stays open and says what would decide it', async () => {
    const report = await judge(R1, 'full');
    expect(report.verdict).toMatchObject({ outcome: 'inconclusive', kind: 'unknown' });
    expect(sentences(report)).toContain('Nothing that is costly to fake speaks for the claim');
    const decides = report.verdict.wouldDecide.map(({ sentence }) => sentence).join('\n');
    expect(decides).toContain('"r1-0528", "v3", "v3-0324", "v3.1"');
    expect(decides).toContain('SHA-256 digests');
    expect(report.warnings.join()).toContain('holds public facts and digests, no measurements');
  });

  it('of the 32B student refute the claim of R1 and name the student', async () => {
    const report = await judge(DISTILL, 'full');
    expect(report.verdict).toMatchObject({
      outcome: 'refuted',
      kind: 'distilled',
      variant: 'distill-qwen-32b',
    });
    for (const part of [
      '128 heads (not 40)',
      '61 layers (not 64)',
      'vocabulary 129280 (not 152064)',
      '163 shards of 688,586,727,753 bytes (not 8 shards of 65,527,841,532 bytes)',
    ])
      expect(sentences(report)).toContain(part);
    const text = renderers.json(report);
    expect(text).toContain('attentionHeads 40 ≠ 128 (config)');
    expect(text).toContain('all 8 as published of distill-qwen-32b, to the byte');
  });

  it('of the student do not prove the student, whose base has its shapes', async () => {
    const { verdict } = await judge(DISTILL, 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B');
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.wouldDecide[0]?.sentence).toContain('"qwen2.5-32b"');
  });

  it('cannot be claimed to be what the profile only compares with', async () => {
    await expect(judge(R1, 'v3')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('to compare with, not to be claimed'),
    });
  });
});
