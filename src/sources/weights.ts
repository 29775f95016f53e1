import type { ModelSource, ModelStructure, StoredTensor } from '../core/types.js';
import { readGguf } from '../formats/gguf/read.js';
import { readGgufStrings } from '../formats/gguf/strings.js';
import { type Delivery, openBytes } from '../io/files.js';
import { describingTensors, logicalTensors } from '../weights/logical.js';
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
import { layoutOf, weightAccess } from './weight-access.js';

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
  const logical = lazy(async () => {
    const { tensors } = await stored.get();
    const contents = await describedContents(tensors, bytes);
    return withRoles(logicalTensors(tensors, { config: (await config.get()).config, contents }));
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
        ...weightAccess({
          delivery,
          bytes,
          tensors: logical.get,
          layout: async () => layoutOf(await config.get(), (await stored.get()).metadata),
          otherVocabulary: () => ggufVocabulary(delivery, set),
        }),
      },
    },
    maxPositions: undefined,
    warnings,
    environment: () => machine(options),
    close: () => bytes.close(),
  };
}

/** Small tensors that state the shape of others. */
async function describedContents(
  tensors: readonly StoredTensor[],
  bytes: TensorBytes,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (const tensor of describingTensors(tensors))
    contents.set(tensor.name, await bytes.read(tensor, 0, tensor.bytes));
  return contents;
}

/** The same tensors, told what each does in the model: R1 has 46,000, so they are not copied. */
function withRoles(tensors: readonly LogicalTensor[]): readonly LogicalTensor[] {
  const roles = rolesOf(tensors);
  for (const [at, tensor] of tensors.entries()) Object.assign(tensor, { role: roles[at] });
  return tensors;
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
