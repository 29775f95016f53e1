/** What people have under a .safetensors name by mistake, by its first bytes in lower case. */
const MISTAKES: readonly (readonly [string, string, string])[] = [
  ['version ', 'a Git LFS pointer', 'Run git lfs pull to fetch the file it points to.'],
  ['<!doctyp', 'a web page', 'The download failed or needs a login; download it again.'],
  ['<html', 'a web page', 'The download failed or needs a login; download it again.'],
  ['{"', 'JSON', 'Pass the weights, not their index, a configuration or an error response.'],
  ['gguf', 'a GGUF file', 'Give it the ending .gguf and open it as such.'],
  ['pk\u0003\u0004', 'a zip archive', 'A PyTorch checkpoint runs code when loaded; ask for safetensors.'],
];

/** What a file that is no safetensors is instead, by its first 8 bytes, with a hint; undefined when unknown. */
export function otherFormat(
  start: Uint8Array,
): { readonly found: string; readonly hint: string } | undefined {
  const text = String.fromCharCode(...start).toLowerCase();
  const mistake = MISTAKES.find(([prefix]) => text.startsWith(prefix));
  return mistake && { found: mistake[1], hint: mistake[2] };
}
