import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit, compare, loadProfile } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../support/onnx.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const quill = loadProfile('quill');
const folio = loadProfile('folio');
const weights = (name: string): string => `${FIXTURES}weights/${name}`;

describe('one model in other containers, against references measured as ONNX', () => {
  it.each(['quill-full-1', 'quill-full-1.F16.gguf'])('%s is upheld by its numbers', async (name) => {
    const { verdict } = await audit(weights(name), { profile: quill, claim: 'full' });
    expect(verdict).toMatchObject({ outcome: 'upheld', kind: 'full' });
    expect(verdict.reasons[0]?.sentence).toContain('39 of 39 weights equal "full"');
  });

  it.each(['quill-full-1.Q8_0.gguf', 'quill-full-1.Q4_0.gguf'])('%s is a quantized copy', async (name) => {
    const { verdict } = await audit(weights(name), { profile: quill, claim: 'full' });
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'quantized' });
  });

  it('GPT-2 with fused and turned matrices is upheld, and is no version of another family', async () => {
    const own = await audit(weights('folio-full-1'), { profile: folio, claim: 'full' });
    expect(own.verdict).toMatchObject({ outcome: 'upheld', kind: 'full' });
    const foreign = await audit(weights('folio-full-1'), { profile: quill, claim: 'full' });
    expect(foreign.verdict.outcome).toBe('refuted');
    expect(['other', 'unknown']).toContain(foreign.verdict.kind);
  });
});

describe('the genuine weights with one matrix changed', () => {
  /** The numbers of one matrix in another order: shape, spread and every other weight stay as they are. */
  function changed(tensor: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'assay-changed-'));
    cpSync(weights('quill-full-1'), folder, { recursive: true });
    const index = JSON.parse(readFileSync(join(folder, 'model.safetensors.index.json'), 'utf8'));
    const shard = join(folder, index.weight_map[tensor]);
    const bytes = readFileSync(shard);
    const header = Number(bytes.readBigUInt64LE(0));
    const [from, to] = JSON.parse(bytes.toString('utf8', 8, 8 + header))[tensor].data_offsets;
    const numbers = bytes.subarray(8 + header + from, 8 + header + to);
    // Reversed bytes, swapped back within each float: the floats in reverse.
    numbers.reverse();
    numbers.swap32();
    writeFileSync(shard, bytes);
    return folder;
  }

  it.each(['lm_head.weight', 'model.embed_tokens.weight', 'model.layers.2.mlp.down_proj.weight'])(
    '%s: is not upheld, by a measured profile or beside the original',
    async (tensor) => {
      const folder = changed(tensor);
      const audited = await audit(folder, { profile: quill, claim: 'full' });
      expect(audited.verdict.outcome).not.toBe('upheld');
      expect((await compare(weights('quill-full-1'), folder)).verdict.outcome).not.toBe('upheld');
    },
  );
});

it('genuine weights as decoys beside others of unknown names are no proof', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-decoys-'));
  cpSync(weights('folio-full-1'), folder, { recursive: true });
  const path = join(folder, 'model.safetensors');
  const bytes = readFileSync(path);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, end));
  const begin = bytes.length - end;
  const hidden = Buffer.alloc(96 * 96 * 2, 1);
  header['custom.inner'] = { dtype: 'F16', shape: [96, 96], data_offsets: [begin, begin + hidden.length] };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, bytes.subarray(end), hidden]));
  const { verdict } = await audit(folder, { profile: folio, claim: 'full' });
  expect(verdict.outcome).toBe('inconclusive');
});

describe.skipIf(!sharedData)(`stories260K${whySkipped}`, () => {
  const compared = (kind: string) =>
    compare(shared('models/stories260K/hf-f32'), shared(`models/stories260K/stories260K.${kind}.gguf`));

  it('is one model as safetensors and as GGUF, and what was undone is said', async () => {
    const { verdict, signals } = await compared('f32');
    expect(verdict).toMatchObject({ outcome: 'upheld', kind: 'full' });
    const [said] = signals.flatMap((signal) =>
      signal.id === 'weight-tensors' && signal.status === 'scored' ? [signal.observed] : [],
    );
    expect(said).toContain('llama.cpp’s order of query and key rows');
    expect(said).toContain('an output matrix repeats the embedding');
  });

  it.each(['Q8_0', 'Q4_0'])('%s is a quantized copy', async (kind) => {
    expect((await compared(kind)).verdict).toMatchObject({ outcome: 'refuted', kind: 'quantized' });
  });
});

describe.skipIf(!sharedData)(`metadata of public releases${whySkipped}`, () => {
  const claimed = (folder: string) =>
    audit(shared(`models/${folder}-METADATA`), { profile: 'deepseek-r1', claim: 'full' });

  it('refutes a 32B distill sold as DeepSeek-R1, with the numbers that say so', async () => {
    const { verdict } = await claimed('deepseek-r1-distill-qwen-32b');
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled', variant: 'distill-qwen-32b' });
    const said = verdict.reasons.map(({ sentence }) => sentence).join(' ');
    for (const fact of [
      '128 heads (not 40)',
      '61 layers (not 64)',
      'vocabulary 129280 (not 152064)',
      '163 shards',
    ])
      expect(said).toContain(fact);
  });

  it('leaves the genuine one open: metadata can be copied', async () => {
    const { verdict } = await claimed('deepseek-r1-full');
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.wouldDecide.length).toBeGreaterThan(0);
  });
});
