import { totalmem } from 'node:os';
import type { Capabilities, ModelSource, ModelStructure, TokenStacksCapability } from '../core/types.js';
import type { Delivery } from '../io/files.js';
import { type OperationLimits, RuntimeHost } from '../io/runtime/host.js';
import type { CallListener } from '../io/runtime/listener.js';
import {
  type OperationName,
  RESOURCE_OF,
  type RuntimeConfig,
  type RuntimeOperations,
} from '../io/runtime/protocol.js';
import { indexGraph } from '../tap/graph-index.js';
import { checkedAttention } from './attention-claims.js';
import { attentionPlan, encoderOf } from './attention-plan.js';
import { checkedExternalFiles } from './external-files.js';
import { filesCapability } from './files-capability.js';
import { type Lazy, lazy } from './lazy.js';
import { localEngine } from './local-engine.js';
import { localReplies } from './local-replies.js';
import { type ModelConfig, NO_CONFIG, readModelConfig } from './model-config.js';
import { onnxLogicalTensors } from './onnx-logical.js';
import { rolesInGraph, withRolesInGraph } from './onnx-roles.js';
import { onnxStructure } from './onnx-structure.js';
import { OpenedGraph } from './opened-graph.js';
import { machine, type OpenOptions } from './options.js';
import type { LocatedModel } from './parse.js';
import { TensorBytes } from './tensor-bytes.js';
import { type TokenBytes, tokenBytes } from './token-bytes.js';
import { tokenStacks } from './token-stacks.js';
import { layoutOf, weightAccess } from './weight-access.js';

const MODEL_TIMEOUT_MS = 120_000;
/** 50 kB prompts tokenize in half a second and templates render in 20 ms. */
const TEXT_TIMEOUT_MS = 10_000;
const TEMPLATE_TIMEOUT_MS = 3_000;
const TEXT_MEMORY = 768 * 2 ** 20;
const MAX_TIMEOUT_MS = 30 * 60_000;
/** A hundred texts that each stay just below their limit are no honest tokenizer or template either. */
const TOTAL_FACTOR = 6;
const MEMORY_SHARE = 0.75;

/** A folder with an ONNX model in the Hugging Face layout, or a bare .onnx file. */
export async function openOnnx(
  located: LocatedModel,
  modelPath: string,
  options: OpenOptions = {},
): Promise<ModelSource> {
  const { delivery } = located;
  // A broken configuration stops whatever depends on it, but the files are still worth recording.
  const { config, failure } = await readModelConfig(delivery).then(
    (read) => ({ config: read, failure: undefined }),
    (error: unknown) => ({ config: NO_CONFIG, failure: error }),
  );
  const configured = (): void => {
    if (failure !== undefined) throw failure;
  };
  const graph = new OpenedGraph(delivery, modelPath, options.signal);
  const encoderPath = encoderOf(modelPath, delivery.files);
  const encoder = encoderPath ? new OpenedGraph(delivery, encoderPath, options.signal) : undefined;
  const graphs = { decoder: graph, encoder };
  const runtime = lazy(() => {
    configured();
    return startRuntime(delivery, config, graphs, options);
  });
  const call = caller(graphs, runtime, options);
  const bytes = new TensorBytes(delivery);
  let onnxruntime: string | undefined;
  const capabilities: OwnCapabilities = {
    files: filesCapability(
      delivery,
      async () => [...(await graph.weightFiles()), ...((await encoder?.weightFiles()) ?? [])],
      options,
    ),
    weights: {
      structure: async (): Promise<ModelStructure> => {
        configured();
        const read = await graph.model();
        await checkedExternalFiles(read, modelPath, delivery);
        return onnxStructure(read, config.config);
      },
      ...weightAccess({
        delivery,
        bytes,
        tensors: async () => {
          const read = await graph.model();
          await checkedExternalFiles(read, modelPath, delivery);
          const index = indexGraph(read.graph);
          return withRolesInGraph(onnxLogicalTensors(index, modelPath), rolesInGraph(read, index));
        },
        layout: async () => layoutOf(config),
      }),
    },
    tokens: {
      encode: (text, { special = true } = {}) => call('encode', { text, special }),
      decode: (ids) => call('decode', { ids }),
      chat: async (messages) => (config.template === null ? null : call('render', { messages })),
    },
    logits: {
      score: (sequences, sample, { batch = 1, top = 0 } = {}) =>
        call('logProbs', { sequences, sample, batch, top }),
    },
    attention: {
      measure: async (ids) => checkedAttention(await call('attention', { ids }), config.config),
    },
    sampling: {
      generate: async (ids, sampling, onToken, signal) => {
        onnxruntime ??= (await call('describe', {})).runtime;
        const stream = onToken !== undefined;
        return call('generate', { ids, options: sampling, stream }, { onToken, signal });
      },
    },
  };
  return {
    kind: 'onnx',
    label: located.label,
    ...(options.likeEndpoint
      ? answering(located.label, capabilities, {
          endTokenIds: config.eosTokenIds,
          maxPositions: config.maxPositions,
          stacks: tokenStacks(options),
        })
      : { capabilities }),
    maxPositions: config.maxPositions,
    warnings: located.warnings,
    environment: () => ({ ...machine(options), ...(onnxruntime ? { onnxruntime } : {}) }),
    close: async () => {
      await bytes.close();
      await (await runtime.peek())?.host.close();
    },
  };
}

type OwnCapabilities = Omit<Capabilities, 'chat' | 'completions' | 'service' | 'stacks' | 'log'>;

/** The capabilities, and the answers of an endpoint that runs the model. */
function answering(
  name: string,
  capabilities: OwnCapabilities,
  {
    endTokenIds,
    maxPositions,
    stacks,
  }: {
    readonly endTokenIds: readonly number[];
    readonly maxPositions: number | undefined;
    readonly stacks: TokenStacksCapability;
  },
): Pick<ModelSource, 'capabilities' | 'engine'> {
  const { tokens, sampling, logits, weights } = capabilities;
  const bytes = async (): Promise<TokenBytes | null> => tokenBytes(await weights.vocabulary(), tokens);
  const engine = localEngine(
    { tokens, sampling, logits, tokenBytes: bytes, endTokenIds },
    { name, maxPositions },
  );
  return {
    engine,
    capabilities: { ...capabilities, stacks, ...localReplies(engine, () => performance.now()) },
  };
}

interface Graphs {
  readonly decoder: OpenedGraph;
  /** Of an encoder–decoder delivered as two files. */
  readonly encoder: OpenedGraph | undefined;
}

async function startRuntime(
  delivery: Delivery,
  config: ModelConfig,
  graphs: Graphs,
  { threads = 0, signal }: OpenOptions,
): Promise<StartedRuntime> {
  const failures: Partial<Record<Resource, unknown>> = {};
  const orNull = <T>(resource: Resource, value: Promise<T>): Promise<T | null> =>
    value.catch((error: unknown) => {
      failures[resource] = error;
      return null;
    });
  const settings: RuntimeConfig = {
    model: await orNull('session', graphs.decoder.location()),
    attention: await orNull('attention', attentionPlan(graphs, config, signal)),
    threads,
    keyValueHeads: config.keyValueHeads,
    headDim: config.headDim,
    eosTokenIds: config.eosTokenIds,
    tokenizerPath:
      config.tokenizerFile === null ? null : await orNull('tokenizer', delivery.locate(config.tokenizerFile)),
    tokenizerConfig: config.tokenizerConfig,
    template: config.template,
    templateVariables: config.templateVariables,
  };
  return { host: new RuntimeHost(settings), failures };
}

type Resource = (typeof RESOURCE_OF)[OperationName];
interface StartedRuntime {
  readonly host: RuntimeHost;
  /** Why a resource is not there; its operations throw it. */
  readonly failures: Readonly<Partial<Record<Resource, unknown>>>;
}
type Call = <K extends OperationName>(
  operation: K,
  args: RuntimeOperations[K]['args'],
  listener?: CallListener,
) => Promise<RuntimeOperations[K]['result']>;

function caller({ decoder, encoder }: Graphs, runtime: Lazy<StartedRuntime>, options: OpenOptions): Call {
  const limits = lazy(async () =>
    limitsFor((await decoder.weightBytes()) + ((await encoder?.weightBytes()) ?? 0), options),
  );
  return async (operation, args, listener) => {
    const resource = RESOURCE_OF[operation];
    const { host, failures } = await runtime.get();
    if (failures[resource] !== undefined) throw failures[resource];
    return host.call(
      operation,
      args,
      { ...(await limits.get())[resource], signal: options.signal },
      listener,
    );
  };
}

function limitsFor(weights: number, options: OpenOptions): Record<Resource, OperationLimits> {
  // A sparse file claims any size at no cost, so claimed sizes raise limits only up to what the machine has.
  const machineBytes = totalmem() * MEMORY_SHARE;
  const memoryBytes = options.memoryBytes ?? Math.min(3 * weights + 2 ** 30, machineBytes);
  const text = options.timeoutMs ?? TEXT_TIMEOUT_MS;
  const template = Math.min(text, TEMPLATE_TIMEOUT_MS);
  const model = {
    timeoutMs: options.timeoutMs ?? Math.min(MODEL_TIMEOUT_MS + weights / 50_000, MAX_TIMEOUT_MS),
    memoryBytes,
  };
  return {
    session: model,
    attention: model,
    tokenizer: { timeoutMs: text, totalMs: TOTAL_FACTOR * text, memoryBytes },
    template: {
      timeoutMs: template,
      totalMs: TOTAL_FACTOR * template,
      memoryBytes: Math.min(weights + TEXT_MEMORY, memoryBytes),
    },
  };
}
