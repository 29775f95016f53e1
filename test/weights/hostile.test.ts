import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describingTensors, logicalTensors } from '../../src/weights/logical.js';
import { stored } from '../support/quantized.js';

const ENDINGS = [
  ...[
    '.weight',
    '.qweight',
    '.qzeros',
    '.scales',
    '.biases',
    '.g_idx',
    '.SCB',
    '.weight_scale',
    '.weight_scale_inv',
  ],
  ...[
    '.weight_packed',
    '.weight_zero_point',
    '.weight_shape',
    '.weight_scale_2',
    '_blocks',
    '_scales',
    '.scale',
  ],
  ...[
    '.weight.absmax',
    '.weight.quant_map',
    '.weight.quant_state.bitsandbytes__nf4',
    '.weight.nested_absmax',
  ],
];
const DTYPES = ['F32', 'BF16', 'F8_E4M3', 'F8_E8M0', 'I32', 'U32', 'I64', 'U8', 'I8', 'F4', 'Q4_K', 'NEW_1'];

const tensors = fc.uniqueArray(
  fc.record({
    base: fc.constantFrom('a', 'layers.0.mlp', '__proto__', 'constructor', ''),
    ending: fc.constantFrom(...ENDINGS),
    dtype: fc.constantFrom(...DTYPES),
    dims: fc.array(fc.constantFrom(0, 1, 2, 3, 16, 32, 128, 4096, 2 ** 31), { maxLength: 4 }),
    bytes: fc.constantFrom(0, 1, 16, 180, 4096, 2 ** 40),
  }),
  { selector: ({ base, ending }) => base + ending, maxLength: 12 },
);

test('whatever a header lists: every tensor is part of one logical tensor, and none of its bits are guessed', () => {
  fc.assert(
    fc.property(
      tensors,
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.uint8Array(),
      (listed, config, junk) => {
        const all = listed.map(({ base, ending, dtype, dims, bytes }) =>
          stored(base + ending, dtype, dims, bytes),
        );
        const contents = new Map(describingTensors(all).map(({ name }) => [name, junk]));
        const logical = logicalTensors(all, { config: { ...config, quantization_config: config }, contents });
        const parts = logical.flatMap((each) => each.parts);
        expect(parts).toHaveLength(all.length);
        expect(new Set(parts).size).toBe(all.length);
        for (const { bits, dims } of logical) {
          expect(Number.isFinite(bits) && bits >= 0).toBe(true);
          expect(dims.every((dim) => Number.isFinite(dim) && dim >= 0)).toBe(true);
        }
      },
    ),
    { numRuns: 5000 },
  );
});
