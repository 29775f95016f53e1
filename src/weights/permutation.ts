/**
 * Row at which llama.cpp keeps row `row` of a query or key projection of `headRows` rows per head. Its converter
 * interleaves the two halves of each head, reshape(heads, 2, headRows / 2).swap(1, 2), so that rotary pairs are neighbours.
 */
export function ropeInterleaved(row: number, headRows: number): number {
  const within = row % headRows;
  const half = headRows / 2;
  return row - within + (within % half) * 2 + Math.floor(within / half);
}

/** GGUF architectures whose converter permutes query and key rows (convert_hf_to_gguf.py, `LlamaModel.permute`). */
export const PERMUTED_ARCHITECTURES: ReadonlySet<string> = new Set([
  'arcee',
  'baichuan',
  'deci',
  'deepseek',
  'granite',
  'granitemoe',
  'internlm2',
  'llama',
  'llama4',
  'minicpm',
  'olmo',
  'orion',
  'smollm3',
  'xverse',
]);
