import { describe, expect, test } from 'vitest';
import type { ModelStructure, WeightTensor } from '../../src/core/types.js';
import { storageOf } from '../../src/fingerprint/quantization.js';
import { rolesOf } from '../../src/weights/roles.js';

const BITS: Readonly<Record<string, number>> = {
  Q4_0: 4,
  Q4_K: 4,
  Q6_K: 6,
  Q5_0: 5,
  Q8_0: 8,
  IQ4_NL: 4,
  F16: 16,
  BF16: 16,
};

/** A file of two layers; each of its down and up projections has one of the types. */
function delivery(
  types: readonly string[],
  columns: number,
  label: { readonly file?: string; readonly fileType?: number; readonly config?: ModelStructure['config'] },
): ModelStructure {
  const named = types.map((type, i) => ({
    name: `blk.${i}.ffn_up.weight`,
    dims: [512, columns],
    type,
    bits: BITS[type] ?? 2,
    ...(type.includes('Q') || type === 'gptq'
      ? { quantization: { method: type, bits: BITS[type] ?? 2, group: 32 } }
      : {}),
  }));
  const roles = rolesOf(named);
  const tensors = named.map(
    (each, i): WeightTensor => ({ ...each, ...(roles[i] ? { role: roles[i] } : {}) }),
  );
  return {
    format: label.config ? 'safetensors' : 'gguf',
    inputs: [],
    outputs: [],
    tensors,
    embedding: null,
    fusedAttention: [],
    operators: {},
    files: [{ path: label.file ?? 'model.gguf', bytes: 1000, headerBytes: 100, tensors: types.length }],
    storedTensors: types.length,
    index: null,
    findings: [],
    metadata: new Map(label.fileType === undefined ? [] : [['general.file_type', label.fileType]]),
    config: label.config ?? null,
  };
}

describe('labels against tensors', () => {
  test.each([
    ['a Q4_K_M mix', ['Q4_K', 'Q4_K', 'Q6_K'], 4096, 'llama-3-8b.Q4_K_M.gguf'],
    [
      'Q2_K that fell back to Q4_0: rows of 896 are no whole blocks',
      ['Q4_0', 'Q4_0'],
      896,
      'qwen2.5-0.5b-q2_k.gguf',
    ],
    ['Q4_K_M that fell back to Q5_0', ['Q5_0', 'Q8_0'], 896, 'qwen2.5-0.5b-instruct-q4_k_m.gguf'],
    ['IQ2_M that fell back to IQ4_NL', ['IQ4_NL'], 896, 'x-IQ2_M.gguf'],
    ['floats of another width', ['BF16', 'F16'], 4096, 'x.F16.gguf'],
    ['a dynamic mix', ['Q4_K'], 4096, 'DeepSeek-R1-UD-IQ1_S.gguf'],
    ['no label', ['Q4_0'], 4096, 'model.gguf'],
    ['a name that only looks like one', ['Q4_0'], 4096, 'sq4_k_mall.gguf'],
  ])('%s: honest', (_, types, columns, file) => {
    const { labels } = storageOf(delivery(types, columns, { file }));
    expect(labels.filter(({ contradicts }) => contradicts)).toEqual([]);
  });

  test('a fallback is explained', () => {
    const [label] = storageOf(delivery(['Q4_0'], 896, { fileType: 10 })).labels;
    expect(label).toMatchObject({ source: 'general.file_type', label: 'Q2_K', found: ['Q4_0'] });
    expect(label?.note).toContain('896');
  });

  test.each([
    ['Q2_K that holds Q4_0 in whole blocks', ['Q4_0'], { file: 'model-Q2_K.gguf' }, 'file name'],
    ['Q8_0 that holds Q4_0', ['Q4_0', 'Q4_0'], { fileType: 7 }, 'general.file_type'],
    ['F16 that holds Q8_0', ['Q8_0'], { file: 'model.F16.gguf' }, 'file name'],
    [
      'GPTQ that holds floats',
      ['BF16'],
      { config: { quantization_config: { quant_method: 'gptq', bits: 4 } } },
      'quantization_config',
    ],
  ] as const)('%s: contradicted', (_, types, label, source) => {
    const { labels } = storageOf(delivery(types, 4096, label));
    expect(labels.filter(({ contradicts }) => contradicts).map((each) => each.source)).toEqual([source]);
  });

  test('schemes that may be asked for on loading do not contradict floats', () => {
    const config = { quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true } };
    expect(storageOf(delivery(['BF16'], 4096, { config })).labels[0]?.contradicts).toBe(false);
  });
});
