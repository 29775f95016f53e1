import type { MetadataValue, WeightsCapability } from '../core/types.js';
import type { Delivery } from '../io/files.js';
import { indexWeights, type WeightIndex, type WeightLayout } from '../weights/matrix.js';
import type { LogicalTensor } from '../weights/types.js';
import { lazy } from './lazy.js';
import type { ModelConfig } from './model-config.js';
import type { TensorBytes } from './tensor-bytes.js';
import { readVocabulary } from './vocabulary.js';

export interface AccessOptions {
  readonly delivery: Delivery;
  readonly bytes: TensorBytes;
  readonly tensors: () => Promise<readonly LogicalTensor[]>;
  readonly layout: () => Promise<WeightLayout>;
  /** The vocabulary of a delivery that has no tokenizer.json. */
  readonly otherVocabulary?: () => Promise<readonly string[] | null>;
}

/** The part of the weights capability that reads numbers. */
export function weightAccess({
  delivery,
  bytes,
  tensors,
  layout,
  otherVocabulary,
}: AccessOptions): Omit<WeightsCapability, 'structure'> {
  const index = lazy(
    async (): Promise<WeightIndex> =>
      indexWeights(await tensors(), await layout(), (...part) => bytes.read(...part)),
  );
  return {
    matrices: async () => (await index.get()).catalogue,
    matrix: async (id) => (await index.get()).matrix(id),
    vocabulary: async () => (await readVocabulary(delivery)) ?? (await otherVocabulary?.()) ?? null,
  };
}

/** What the layout of matrices depends on, from a GGUF header or config.json. */
export function layoutOf(
  { config, keyValueHeads, headDim }: ModelConfig,
  metadata: ReadonlyMap<string, MetadataValue> = new Map(),
): WeightLayout {
  const architecture = metadata.get('general.architecture');
  const stated = (key: string): number | undefined => {
    const value = metadata.get(`${architecture}.attention.${key}`);
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const heads = stated('head_count');
  const inner = Object(config?.text_config ?? config);
  const claimed = inner.num_attention_heads ?? inner.n_head;
  return {
    ggufArchitecture: typeof architecture === 'string' ? architecture : null,
    modelType: typeof inner.model_type === 'string' ? inner.model_type : null,
    attentionHeads: heads ?? (typeof claimed === 'number' ? claimed : undefined),
    keyValueHeads: stated('head_count_kv') ?? heads ?? keyValueHeads,
    headDim: stated('key_length') ?? headDim,
  };
}
