import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import type { Capabilities, ModelSource, ModelStructure } from '../core/types.js';
import { externalize } from '../formats/onnx/externalize.js';
import { readOnnx } from '../formats/onnx/read.js';
import type { OnnxModel } from '../formats/onnx/types.js';
import { openBytes, sizeOf } from '../io/files.js';
import { RuntimeHost } from '../io/runtime/host.js';
import type {
  ModelLocation,
  OperationName,
  RuntimeConfig,
  RuntimeOperations,
} from '../io/runtime/protocol.js';
import { filesCapability } from './files-capability.js';
import { type ModelConfig, readModelConfig } from './model-config.js';
import { onnxStructure } from './onnx-structure.js';
import type { LocatedModel } from './parse.js';

export interface OpenOptions {
  /** Threads of one operator; 0 or absent leaves it to ONNX Runtime. */
  readonly threads?: number;
  /** Ceiling of one operation in the runtime child, ms. */
  readonly timeoutMs?: number;
  /** Resident-set ceiling of the runtime child, bytes; by default three times the weights plus 1 GB. */
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
}

/** From here on, weights are mapped from the file instead of being copied through protobuf (half the peak memory). */
const EXTERNALIZE_FROM = 32 * 2 ** 20;
const MODEL_TIMEOUT_MS = 120_000;
/** 50 kB prompts tokenize in half a second and templates render in 20 ms. */
const TEXT_TIMEOUT_MS = 10_000;
const TEMPLATE_TIMEOUT_MS = 3_000;
const TEXT_MEMORY = 768 * 2 ** 20;

/** A folder with an ONNX model in the Hugging Face layout, or a bare .onnx file. */
export async function openOnnx(located: LocatedModel, options: OpenOptions = {}): Promise<ModelSource> {
  const { delivery, modelPath } = located;
  const config = await readModelConfig(delivery);
  let parsed: Promise<OnnxModel> | undefined;
  const model = (): Promise<OnnxModel> => {
    parsed ??= withBytes(located, (bytes) =>
      readOnnx(bytes, options.signal ? { signal: options.signal } : {}),
    );
    return parsed;
  };
  const runtime = lazy(() => startRuntime(located, config, model, options));
  const call = caller(located, runtime, options);
  let onnxruntime: string | undefined;
  const capabilities: Capabilities = {
    files: filesCapability(delivery, async () => [modelPath, ...externalFiles(await model(), modelPath)]),
    weights: { structure: async (): Promise<ModelStructure> => onnxStructure(await model(), config.config) },
    tokens: {
      encode: (text, { special = true } = {}) => call('encode', { text, special }),
      decode: (ids) => call('decode', { ids }),
      chat: async (messages) => (config.template === null ? null : call('render', { messages })),
    },
    logits: {
      score: (sequences, sample, { batch = 1 } = {}) => call('logProbs', { sequences, sample, batch }),
    },
    attention: { measure: (ids) => call('attention', { ids }) },
    sampling: {
      generate: async (ids, sampling) => {
        onnxruntime ??= (await call('describe', {})).runtime;
        return call('generate', { ids, options: sampling });
      },
    },
  };
  return {
    kind: 'onnx',
    label: located.label,
    capabilities,
    maxPositions: config.maxPositions,
    warnings: located.warnings,
    environment: () => ({ ...machine(options), ...(onnxruntime ? { onnxruntime } : {}) }),
    close: async () => (await runtime.peek())?.close(),
  };
}

function machine(options: OpenOptions): Record<string, string | number> {
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    threads: options.threads ?? 0,
  };
}

async function withBytes<T>(
  { delivery, modelPath }: LocatedModel,
  use: (bytes: Awaited<ReturnType<typeof openBytes>>) => Promise<T>,
): Promise<T> {
  const bytes = await openBytes(delivery, modelPath);
  try {
    return await use(bytes);
  } finally {
    await bytes.close();
  }
}

/** Files that hold initializers outside the .onnx file, relative to the delivery. */
function externalFiles(model: OnnxModel, modelPath: string): string[] {
  const folder = dirname(modelPath) === '.' ? '' : `${dirname(modelPath)}/`;
  const locations = model.graph.initializers.flatMap(({ storage }) =>
    storage.kind === 'external' ? [`${folder}${storage.location}`] : [],
  );
  return [...new Set(locations)];
}

async function startRuntime(
  located: LocatedModel,
  config: ModelConfig,
  model: () => Promise<OnnxModel>,
  options: OpenOptions,
): Promise<RuntimeHost> {
  const { delivery } = located;
  const settings: RuntimeConfig = {
    model: await locate(located, model).catch(() => null),
    threads: options.threads ?? 0,
    keyValueHeads: config.keyValueHeads,
    headDim: config.headDim,
    eosTokenIds: config.eosTokenIds,
    tokenizerPath: config.tokenizerFile === null ? null : await delivery.locate(config.tokenizerFile),
    tokenizerConfig: config.tokenizerConfig,
    template: config.template,
    templateVariables: config.templateVariables,
  };
  return new RuntimeHost(settings);
}

async function locate(located: LocatedModel, model: () => Promise<OnnxModel>): Promise<ModelLocation> {
  const { delivery, modelPath } = located;
  const path = await delivery.locate(modelPath);
  const external = externalFiles(await model(), modelPath);
  for (const file of external) await delivery.locate(file);
  if (external.length > 0 || (await sizeOf(delivery, modelPath)) < EXTERNALIZE_FROM)
    return { kind: 'path', path };
  const name = path.slice(dirname(path).length + 1);
  return {
    kind: 'graph',
    bytes: await withBytes(located, (bytes) => externalize(bytes, name)),
    folder: dirname(path),
  };
}

type Call = <K extends OperationName>(
  operation: K,
  args: RuntimeOperations[K]['args'],
) => Promise<RuntimeOperations[K]['result']>;

function caller(located: LocatedModel, runtime: Lazy<RuntimeHost>, options: OpenOptions): Call {
  const limits = lazy(async () => {
    const weights = await weightBytes(located);
    const model = {
      timeoutMs: options.timeoutMs ?? MODEL_TIMEOUT_MS + weights / 50_000,
      memoryBytes: options.memoryBytes ?? 3 * weights + 2 ** 30,
    };
    const text = { timeoutMs: options.timeoutMs ?? TEXT_TIMEOUT_MS, memoryBytes: model.memoryBytes };
    return {
      model,
      text,
      template: {
        timeoutMs: Math.min(text.timeoutMs, TEMPLATE_TIMEOUT_MS),
        memoryBytes: weights + TEXT_MEMORY,
      },
    };
  });
  return async (operation, args) => {
    const all = await limits.get();
    const chosen =
      operation === 'render'
        ? all.template
        : operation === 'encode' || operation === 'decode'
          ? all.text
          : all.model;
    return (await runtime.get()).call(operation, args, { ...chosen, signal: options.signal });
  };
}

async function weightBytes({ delivery, modelPath }: LocatedModel): Promise<number> {
  const sizes = delivery.files.filter((file) => file === modelPath || /onnx_?data|\.data$/.test(file));
  let total = 0;
  for (const file of sizes) total += await sizeOf(delivery, file);
  return total;
}

interface Lazy<T> {
  get(): Promise<T>;
  /** The value if it was ever asked for and made. */
  peek(): Promise<T | undefined>;
}

function lazy<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    peek: async () => made?.catch(() => undefined),
  };
}
