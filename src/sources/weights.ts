import type { MetadataValue, ModelSource, ModelStructure } from '../core/types.js';
import { readGguf } from '../formats/gguf/read.js';
import { readGgufStrings } from '../formats/gguf/strings.js';
import { type Delivery, openBytes } from '../io/files.js';
import { logicalTensors } from '../weights/logical.js';
import { indexWeights, type WeightIndex, type WeightLayout } from '../weights/matrix.js';
import { rolesOf } from '../weights/roles.js';
import type { LogicalTensor } from '../weights/types.js';
import { filesCapability } from './files-capability.js';
import { lazy } from './lazy.js';
import type { WeightSet } from './located-weights.js';
import { readModelConfig } from './model-config.js';
import { machine, type OpenOptions } from './options.js';
import type { LocatedModel } from './parse.js';
import { readStoredWeights } from './stored-weights.js';
import { TensorBytes } from './tensor-bytes.js';
import { readVocabulary } from './vocabulary.js';

const GGUF_TOKENS = 'tokenizer.ggml.tokens';

/** Weights as safetensors or GGUF: read, never run. */
export async function openWeights(
  { delivery, label, warnings }: LocatedModel,
  set: WeightSet,
  { signal, ...options }: OpenOptions = {},
): Promise<ModelSource> {
  const bytes = new TensorBytes(delivery);
  const config = lazy(() => readModelConfig(delivery));
  const stored = lazy(() => readStoredWeights(delivery, set, signal));
  const logical = lazy(async () =>
    withRoles(logicalTensors((await stored.get()).tensors, await config.get())),
  );
  const index = lazy(async (): Promise<WeightIndex> => {
    const layout = layoutOf((await stored.get()).metadata, await config.get());
    return indexWeights(await logical.get(), layout, (...part) => bytes.read(...part));
  });
  const structure = async (): Promise<ModelStructure> => {
    const { tensors, files, metadata, index: shards, findings } = await stored.get();
    return {
      format: set.kind,
      inputs: [],
      outputs: [],
      tensors: await logical.get(),
      embedding: null,
      fusedAttention: [],
      operators: {},
      files,
      storedTensors: tensors.length,
      index: shards,
      findings,
      metadata,
      config: (await config.get()).config,
    };
  };
  return {
    kind: set.kind,
    label,
    capabilities: {
      ...(delivery.open ? {} : { files: filesCapability(delivery, async () => set.paths, options) }),
      weights: {
        structure,
        matrices: async () => (await index.get()).catalogue,
        matrix: async (id) => (await index.get()).matrix(id),
        vocabulary: async () => (await readVocabulary(delivery)) ?? ggufVocabulary(delivery, set),
      },
    },
    maxPositions: undefined,
    warnings,
    environment: () => machine(options),
    close: () => bytes.close(),
  };
}

/** The same tensors with what each does in the model. */
function withRoles(tensors: readonly LogicalTensor[]): LogicalTensor[] {
  const roles = rolesOf(tensors);
  return tensors.map((tensor, at) => ({
    ...tensor,
    role: roles[at] ?? { role: 'other', layer: null, part: 'weight' },
  }));
}

async function ggufVocabulary(
  delivery: Delivery,
  { kind, paths }: WeightSet,
): Promise<readonly string[] | null> {
  const [first] = paths;
  if (kind !== 'gguf' || first === undefined) return null;
  const source = await openBytes(delivery, first);
  try {
    const file = await readGguf(source);
    if (!file.extents.has(GGUF_TOKENS)) return null;
    const tokens: string[] = [];
    for await (const token of readGgufStrings(source, file, GGUF_TOKENS)) tokens.push(token);
    return tokens;
  } finally {
    await source.close();
  }
}

function layoutOf(
  metadata: ReadonlyMap<string, MetadataValue>,
  { config, keyValueHeads, headDim }: Awaited<ReturnType<typeof readModelConfig>>,
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
