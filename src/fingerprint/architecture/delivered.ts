import type { ModelStructure } from '../../core/types.js';

/** model-00001-of-000163.safetensors, name-00001-of-00009.gguf */
const NUMBERED = /-\d{5}-of-(\d{5,6})\.[a-z]{1,12}$/;

/**
 * Whether all files of a set of weights are here. What an incomplete set lacks is not missing from the model, so only
 * a complete one says how many there are of anything.
 */
export function isComplete({ format, files, index, metadata }: ModelStructure): boolean {
  if (format === 'onnx' || files.length === 0) return false;
  const names = new Set(files.map(({ path }) => baseName(path)));
  if (index !== null)
    return [...new Set(index.tensors.values())].every((shard) => names.has(baseName(shard)));
  const stated = metadata.get('split.count');
  const expected = files.reduce(
    (most, { path }) => Math.max(most, Number(NUMBERED.exec(path)?.[1] ?? 1)),
    typeof stated === 'number' ? stated : 1,
  );
  return files.length >= expected;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
