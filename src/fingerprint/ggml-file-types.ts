/** `general.file_type` of a GGUF file (llama.h, enum llama_ftype), as llama-quantize calls it. */
export const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [7, 'Q8_0'],
  [8, 'Q5_0'],
  [9, 'Q5_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K_S'],
  [12, 'Q3_K_M'],
  [13, 'Q3_K_L'],
  [14, 'Q4_K_S'],
  [15, 'Q4_K_M'],
  [16, 'Q5_K_S'],
  [17, 'Q5_K_M'],
  [18, 'Q6_K'],
  [19, 'IQ2_XXS'],
  [20, 'IQ2_XS'],
  [21, 'Q2_K_S'],
  [22, 'IQ3_XS'],
  [23, 'IQ3_XXS'],
  [24, 'IQ1_S'],
  [25, 'IQ4_NL'],
  [26, 'IQ3_S'],
  [27, 'IQ3_M'],
  [28, 'IQ2_S'],
  [29, 'IQ2_M'],
  [30, 'IQ4_XS'],
  [31, 'IQ1_M'],
  [32, 'BF16'],
  [36, 'TQ1_0'],
  [37, 'TQ2_0'],
  [38, 'MXFP4_MOE'],
  [39, 'NVFP4'],
  [40, 'Q1_0'],
  [41, 'Q2_0'],
]);

const FLOATS = ['F32', 'F16', 'BF16', 'F64'];

/**
 * Types of which a file of that name holds at least one matrix in its layers: the default type of
 * llama_ftype_get_default_type in llama-quant.cpp. Other tensors of the same file may have better or worse ones.
 */
export const LABEL_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ...FLOATS.map((name) => [name, FLOATS] as const),
  ...['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q6_K', 'Q1_0', 'Q2_0', 'NVFP4'].map(itself),
  ...['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ3_XXS', 'IQ3_S', 'IQ4_NL', 'IQ4_XS'].map(itself),
  ...['TQ1_0', 'TQ2_0'].map(itself),
  ...['Q2_K', 'Q2_K_S', 'Q2_K_L', 'Q2_K_XL'].map((name) => [name, ['Q2_K']] as const),
  ...['Q3_K', 'Q3_K_S', 'Q3_K_M', 'Q3_K_L', 'Q3_K_XL'].map((name) => [name, ['Q3_K']] as const),
  ...['Q4_K', 'Q4_K_S', 'Q4_K_M', 'Q4_K_L', 'Q4_K_XL'].map((name) => [name, ['Q4_K']] as const),
  ...['Q5_K', 'Q5_K_S', 'Q5_K_M', 'Q5_K_L', 'Q5_K_XL'].map((name) => [name, ['Q5_K']] as const),
  ...['Q6_K_L', 'Q6_K_XL'].map((name) => [name, ['Q6_K']] as const),
  ['IQ2_S', ['IQ2_XS']],
  ['IQ2_M', ['IQ2_S']],
  ['IQ3_XS', ['IQ3_S', 'IQ3_XXS']],
  ['IQ3_M', ['IQ3_S']],
  ...['MXFP4', 'MXFP4_MOE'].map((name) => [name, ['MXFP4', 'Q8_0']] as const),
]);

function itself(name: string): readonly [string, readonly string[]] {
  return [name, [name]];
}

const SHORT_BLOCKS = ['Q4_0', 'Q4_1', 'IQ4_NL', 'Q8_0'];
/** tensor_type_fallback in llama-quant.cpp; below four bits its choice changed between releases, so all are listed. */
const FALLBACK: ReadonlyMap<string, readonly string[]> = new Map([
  ...['Q2_K', 'Q3_K', 'TQ1_0', 'TQ2_0'].map((type) => [type, SHORT_BLOCKS] as const),
  ...['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ3_XXS', 'IQ3_S', 'IQ4_XS'].map(
    (type) => [type, SHORT_BLOCKS] as const,
  ),
  ['Q4_K', ['Q5_0', 'Q8_0']],
  ['Q5_K', ['Q5_1', 'Q8_0']],
  ['Q6_K', ['Q8_0']],
]);

/** What llama.cpp takes where rows do not divide into blocks of 256: blocks of 32, or floats. */
export function fallbackOf(type: string): readonly string[] {
  return [...(FALLBACK.get(type) ?? []), 'F16', 'F32'];
}
