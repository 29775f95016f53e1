import { describe, expect, test } from 'vitest';
import type { Quantization } from '../../src/core/types.js';
import { GGML_BLOCKS } from '../../src/weights/decode/ggml/index.js';
import { logicalTensors } from '../../src/weights/logical.js';
import { stored } from '../support/quantized.js';

type Part = readonly [ending: string, dtype: string, dims: readonly number[]];
interface Structure {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly config?: Record<string, unknown>;
  readonly dims: readonly number[];
  readonly is: readonly [method: string, bits: number, group: Quantization['group']];
}

const gptq = (bits: number, group: number, [out, inputs]: [number, number]): readonly Part[] => [
  ['.qweight', 'I32', [(inputs * bits) / 32, out]],
  ['.qzeros', 'I32', [inputs / group, (out * bits) / 32]],
  ['.scales', 'F16', [inputs / group, out]],
  ['.g_idx', 'I32', [inputs]],
];
const awq = (group: number, [out, inputs]: [number, number]): readonly Part[] => [
  ['.qweight', 'I32', [inputs, out / 8]],
  ['.qzeros', 'I32', [inputs / group, out / 8]],
  ['.scales', 'F16', [inputs / group, out]],
];
const packed = (bits: number, group: number, [out, inputs]: [number, number]): readonly Part[] => [
  ['.weight_packed', 'I32', [out, (inputs * bits) / 32]],
  ['.weight_scale', 'BF16', [out, inputs / group]],
  ['.weight_shape', 'I64', [2]],
];
const numBits = (bits: number): Record<string, unknown> => ({
  quantization_config: { config_groups: { group_0: { weights: { num_bits: bits } } } },
});

/** Shapes of public releases. */
const STRUCTURES: readonly Structure[] = [
  ...[2, 3, 4, 8].map(
    (bits): Structure => ({
      name: `GPTQ ${bits} bit, Qwen2.5-7B up_proj`,
      parts: gptq(bits, 128, [18944, 3584]),
      dims: [18944, 3584],
      is: ['gptq', bits, 128],
    }),
  ),
  {
    name: 'GPTQ of a square matrix',
    parts: gptq(4, 128, [4096, 4096]),
    dims: [4096, 4096],
    is: ['gptq', 4, 128],
  },
  { name: 'GPTQ groups of 32', parts: gptq(4, 32, [4096, 4096]), dims: [4096, 4096], is: ['gptq', 4, 32] },
  {
    name: 'GPTQ without groups',
    parts: gptq(4, 4096, [4096, 4096]),
    dims: [4096, 4096],
    is: ['gptq', 4, 4096],
  },
  { name: 'GPTQ of grouped keys', parts: gptq(8, 128, [512, 3584]), dims: [512, 3584], is: ['gptq', 8, 128] },
  { name: 'AWQ of a square matrix', parts: awq(128, [4096, 4096]), dims: [4096, 4096], is: ['awq', 4, 128] },
  { name: 'AWQ down_proj', parts: awq(128, [4096, 11008]), dims: [4096, 11008], is: ['awq', 4, 128] },
  { name: 'AWQ groups of 64', parts: awq(64, [1024, 5120]), dims: [1024, 5120], is: ['awq', 4, 64] },
  {
    name: 'FP8 tiles, DeepSeek-R1 kv_a_proj_with_mqa',
    parts: [
      ['.weight', 'F8_E4M3', [576, 7168]],
      ['.weight_scale_inv', 'F32', [5, 56]],
    ],
    dims: [576, 7168],
    is: ['fp8', 8, [128, 128]],
  },
  {
    name: 'FP8 tiles with powers of two, DeepSeek-V3.1',
    parts: [
      ['.weight', 'F8_E4M3', [2048, 7168]],
      ['.weight_scale_inv', 'F8_E8M0', [16, 56]],
    ],
    dims: [2048, 7168],
    is: ['fp8', 8, [128, 128]],
  },
  {
    name: 'FP8 per row',
    parts: [
      ['.weight', 'F8_E4M3', [4096, 14336]],
      ['.weight_scale', 'BF16', [4096, 1]],
    ],
    dims: [4096, 14336],
    is: ['fp8', 8, 14336],
  },
  {
    name: 'FP8 per tensor with a static activation scale',
    parts: [
      ['.weight', 'F8_E4M3', [4096, 14336]],
      ['.weight_scale', 'F32', []],
      ['.input_scale', 'F32', []],
    ],
    dims: [4096, 14336],
    is: ['fp8', 8, null],
  },
  {
    name: 'FP8 without scales',
    parts: [['.weight', 'F8_E5M2', [64, 64]]],
    dims: [64, 64],
    is: ['fp8', 8, null],
  },
  {
    name: 'packed 4 bit, groups of 32, Kimi-K2-Thinking',
    parts: packed(4, 32, [2048, 7168]),
    config: numBits(4),
    dims: [2048, 7168],
    is: ['compressed-tensors', 4, 32],
  },
  {
    name: 'packed 8 bit',
    parts: packed(8, 128, [4096, 4096]),
    config: numBits(8),
    dims: [4096, 4096],
    is: ['compressed-tensors', 8, 128],
  },
  {
    name: 'packed 4 bit, zero points say so without config',
    parts: [...packed(4, 128, [4096, 4096]), ['.weight_zero_point', 'I32', [512, 32]]],
    dims: [4096, 4096],
    is: ['compressed-tensors', 4, 128],
  },
  {
    name: 'int8 per row',
    parts: [
      ['.weight', 'I8', [4096, 4096]],
      ['.weight_scale', 'F32', [4096, 1]],
    ],
    dims: [4096, 4096],
    is: ['compressed-tensors', 8, 4096],
  },
  {
    name: 'LLM.int8()',
    parts: [
      ['.weight', 'I8', [4096, 4096]],
      ['.SCB', 'F32', [4096]],
      ['.weight_format', 'U8', []],
    ],
    dims: [4096, 4096],
    is: ['bitsandbytes-int8', 8, 4096],
  },
  {
    name: 'MXFP4 experts, gpt-oss-20b',
    parts: [
      ['_blocks', 'U8', [32, 5760, 90, 16]],
      ['_scales', 'U8', [32, 5760, 90]],
    ],
    dims: [32, 5760, 2880],
    is: ['mxfp4', 4, 32],
  },
  {
    name: 'NVFP4, ModelOpt',
    parts: [
      ['.weight', 'U8', [2048, 3584]],
      ['.weight_scale', 'F8_E4M3', [2048, 448]],
      ['.weight_scale_2', 'F32', []],
      ['.input_scale', 'F32', []],
    ],
    dims: [2048, 7168],
    is: ['nvfp4', 4, 16],
  },
  {
    name: 'NVFP4, compressed-tensors',
    parts: [
      ['.weight_packed', 'U8', [4096, 2048]],
      ['.weight_scale', 'F8_E4M3', [4096, 256]],
      ['.weight_global_scale', 'F32', [1]],
      ['.input_global_scale', 'F32', [1]],
    ],
    dims: [4096, 4096],
    is: ['nvfp4', 4, 16],
  },
  ...[4, 8].map(
    (bits): Structure => ({
      name: `MLX ${bits} bit`,
      parts: [
        ['.weight', 'U32', [4096, (4096 * bits) / 32]],
        ['.scales', 'BF16', [4096, 64]],
        ['.biases', 'BF16', [4096, 64]],
      ],
      config: { quantization: { bits, group_size: 64 } },
      dims: [4096, 4096],
      is: ['mlx', bits, 64],
    }),
  ),
  ...['nf4', 'fp4'].map(
    (kind): Structure => ({
      name: `bitsandbytes ${kind} twice, contents unread`,
      parts: [
        ['.weight', 'U8', [8388608, 1]],
        ['.weight.absmax', 'U8', [262144]],
        ['.weight.quant_map', 'F32', [16]],
        ['.weight.nested_absmax', 'F32', [1024]],
        ['.weight.nested_quant_map', 'F32', [256]],
        [`.weight.quant_state.bitsandbytes__${kind}`, 'U8', [180]],
      ],
      dims: [1, 16777216],
      is: [`bitsandbytes-${kind}`, 4, 64],
    }),
  ),
];

const BYTES: Readonly<Record<string, number>> = { F32: 4, I32: 4, U32: 4, I64: 8, F16: 2, BF16: 2 };

function tensorsOf(parts: readonly Part[]) {
  return parts.map(([ending, dtype, dims]) => {
    const elements = dims.reduce((product, dim) => product * dim, 1);
    return stored(`model.layers.0.mlp.up_proj${ending}`, dtype, dims, elements * (BYTES[dtype] ?? 1));
  });
}

describe('packed matrices are named from names, types and shapes', () => {
  test.each(STRUCTURES.map((each) => [each.name, each] as const))('%s', (_, { parts, config, dims, is }) => {
    const logical = logicalTensors(tensorsOf(parts), { config: config ?? null });
    const [method, bits, group] = is;
    expect(logical.map((each) => each.quantization)).toEqual([{ method, bits, group }]);
    expect(logical[0]?.dims).toEqual(dims);
    expect(logical[0]?.bits).toBe(bits);
  });

  test.each([...GGML_BLOCKS])('ggml %s', (name, { bits, group, values, bytes }) => {
    const [weight] = logicalTensors([stored('blk.0.ffn_up.weight', name, [4, 512], (2048 / values) * bytes)]);
    expect(weight).toMatchObject({ bits, quantization: { method: name, bits, group } });
  });

  test.each([
    ['AQLM codes', 'codes', 'I16', [512, 512, 2]],
    ['HQQ', 'W_q', 'U8', [2048, 4096]],
    ['a qweight whose scales are missing', 'qweight', 'I32', [512, 4096]],
    ['a type that is newer than this reader', 'weight', 'F6_E2M3', [64, 64]],
    ['packed bits that nothing settles', 'weight_packed', 'I32', [4096, 512]],
  ])('%s: unknown, not floats', (_, ending, dtype, dims) => {
    const [weight] = logicalTensors([stored(`model.layers.0.mlp.up_proj.${ending}`, dtype, dims, 4096)]);
    expect(weight).toMatchObject({
      type: dtype,
      bits: 0,
      quantization: { method: 'unknown', bits: 0, group: null },
    });
  });

  test.each([
    ['position_ids', 'I64', [1, 2048]],
    ['masked_bias', 'BOOL', [1, 1, 1024, 1024]],
    ['token_map', 'I32', [16]],
  ])('%s is no weight', (name, dtype, dims) => {
    const [table] = logicalTensors([stored(name, dtype, dims, 64)]);
    expect(table?.quantization).toBeUndefined();
  });
});

test('a scale cannot be claimed by two matrices, and what is left over stays', () => {
  const parts = tensorsOf(gptq(4, 128, [4096, 4096]));
  const logical = logicalTensors([...parts, stored('model.layers.0.mlp.up_proj.bias', 'F16', [4096], 8192)]);
  expect(logical.map(({ name }) => name)).toEqual([
    'model.layers.0.mlp.up_proj.weight',
    'model.layers.0.mlp.up_proj.bias',
  ]);
});
