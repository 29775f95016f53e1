import type { Architecture } from '../../core/types.js';
import type { Readings } from './readings.js';
import { best } from './sources.js';

export function family({ config, metadata }: Readings): Architecture['family'] {
  if (typeof config.model_type === 'string') return { value: config.model_type, from: 'config' };
  return metadata.family === undefined ? null : { value: metadata.family, from: 'metadata' };
}

/** What a complete list of names shows by having it or not. */
export function presence({
  stack,
  listed,
  structure,
  placed,
}: Readings): Pick<Architecture, 'qkvBias' | 'qkNorm' | 'routerBias'> {
  // Early GPTQ tools gave every projection a bias of zeros.
  const zeros =
    structure.tensors.some(({ quantization }) => quantization?.method.startsWith('gptq')) &&
    placed.some(({ role, part }) => role === 'output' && part === 'bias');
  return {
    qkvBias: zeros ? null : best({ shapes: stack?.qkvBias, index: listed?.qkvBias }),
    qkNorm: best({ shapes: stack?.qkNorm, index: listed?.qkNorm }),
    routerBias: best({ shapes: stack?.routerBias, index: listed?.routerBias }),
  };
}

/**
 * Without an output matrix the embedding serves as one. With one, it may still be a copy: what config.json says, and in
 * a container whose writers copy tied heads nothing but the numbers themselves.
 */
export function tied(
  { structure, config, stack, listed }: Readings,
  headRepeatsEmbedding: boolean | undefined,
): Architecture['tiedEmbeddings'] {
  if (stack?.head === false) return { value: true, from: 'shapes' };
  if (stack?.head === undefined && listed?.head === false) return { value: true, from: 'index' };
  if (headRepeatsEmbedding !== undefined) return { value: headRepeatsEmbedding, from: 'weights' };
  const stated = config.tie_word_embeddings;
  if (typeof stated === 'boolean') return { value: stated, from: 'config' };
  const separate = structure.format === 'safetensors' && stack?.head === true;
  return separate ? { value: false, from: 'shapes' } : null;
}
