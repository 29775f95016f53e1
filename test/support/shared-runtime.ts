import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type CollectOptions, collectFrom } from '../../dist/esm/api/collect.js';
import { AssayError } from '../../dist/esm/core/errors.js';
import type { Capabilities, Evidence, ModelSource } from '../../dist/esm/core/types.js';
import {
  type ChildMessage,
  type OperationName,
  type ParentMessage,
  RESOURCE_OF,
  type RuntimeConfig,
  type RuntimeOperations,
} from '../../dist/esm/io/runtime/protocol.js';
import { checkedAttention } from '../../dist/esm/sources/attention-claims.js';
import { attentionPlan, encoderOf } from '../../dist/esm/sources/attention-plan.js';
import { type ModelConfig, readModelConfig } from '../../dist/esm/sources/model-config.js';
import { openCandidate } from '../../dist/esm/sources/open.js';
import { OpenedGraph } from '../../dist/esm/sources/opened-graph.js';
import { locateModel } from '../../dist/esm/sources/parse.js';

const CHILD = fileURLToPath(new URL('../../dist/esm/io/runtime/child.js', import.meta.url));

type Call = <K extends OperationName>(
  operation: K,
  args: RuntimeOperations[K]['args'],
) => Promise<RuntimeOperations[K]['result']>;
type Resource = (typeof RESOURCE_OF)[OperationName];

interface Prepared {
  readonly files: ModelConfig;
  readonly config: RuntimeConfig;
  /** Why a resource is not there. */
  readonly failures: ReadonlyMap<Resource, unknown>;
}

export interface SharedOptions {
  readonly threads?: number;
  readonly timeoutMs?: number;
  readonly memoryBytes?: number;
}

/**
 * Many models in the package's own runtime child, one after the other: starting a child for each costs more than
 * running a small model. A child that ends is RUNTIME_CRASHED and is not tried again; nothing is streamed.
 */
export class SharedRuntime {
  #child: ChildProcess | undefined;
  #configured: RuntimeConfig | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** A delivery as the package opens it, run in the shared child. */
  async #open(path: string, options: SharedOptions): Promise<ModelSource> {
    const source = await openCandidate(path, options);
    let preparing: Promise<Prepared> | undefined;
    const prepared = (): Promise<Prepared> => {
      preparing ??= prepare(path, options.threads ?? 0);
      return preparing;
    };
    const call: Call = async (operation, args) => {
      const { config, failures } = await prepared();
      const resource = RESOURCE_OF[operation];
      if (failures.has(resource)) throw failures.get(resource);
      return this.#next(() => this.#call(config, operation, args, options)) as never;
    };
    return { ...source, capabilities: { ...source.capabilities, ...running(call, prepared) } };
  }

  /** Open, ask and close. */
  ask<T>(path: string, work: (capabilities: Capabilities) => Promise<T>): Promise<T> {
    return this.#use(path, {}, ({ capabilities }) => work(capabilities as Capabilities));
  }

  /** Evidence as the package collects it. */
  collect(path: string, options: CollectOptions & SharedOptions = {}): Promise<Evidence> {
    return this.#use(path, options, (source) => collectFrom(source, options));
  }

  async #use<T>(path: string, options: SharedOptions, work: (source: ModelSource) => Promise<T>): Promise<T> {
    const source = await this.#open(path, options);
    try {
      return await work(source);
    } finally {
      await source.close();
    }
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #call(
    config: RuntimeConfig,
    operation: OperationName,
    args: unknown,
    { timeoutMs = 30_000, memoryBytes = 2 ** 31 }: SharedOptions,
  ): Promise<unknown> {
    if (this.#child === undefined || this.#configured !== config) {
      await this.#send({ type: 'configure', config }, timeoutMs);
      this.#configured = config;
    }
    const call = { type: 'call', id: 0, operation, args, memoryLimit: memoryBytes } as const;
    const reply = await this.#send(call, timeoutMs);
    if (reply.type === 'result') return reply.value;
    if (reply.type !== 'error') throw new Error(`The child answered ${operation} with ${reply.type}.`);
    const { code, message, ...more } = reply.error;
    throw new AssayError(code, message, more);
  }

  async #send(message: ParentMessage, timeoutMs: number): Promise<ChildMessage> {
    this.#child ??= launch();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onEnd);
        settle();
      };
      const onMessage = (reply: ChildMessage): void => finish(() => resolve(reply));
      const onEnd = (): void =>
        finish(() => {
          this.close();
          reject(new AssayError('RUNTIME_CRASHED', `The shared child ended during ${message.type}.`));
        });
      const timer = setTimeout(onEnd, timeoutMs);
      child.on('message', onMessage).on('exit', onEnd);
      child.send(message);
    });
  }
}

function launch(): ChildProcess {
  return fork(CHILD, [String(process.pid)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: ['--max-old-space-size=512', '--expose-gc'],
  });
}

async function prepare(path: string, threads: number): Promise<Prepared> {
  const { delivery, model } = await locateModel(path);
  if (model.kind !== 'onnx') throw new Error(`${path} holds no graph.`);
  const files = await readModelConfig(delivery);
  const opened = (file: string): OpenedGraph => new OpenedGraph(delivery, file, undefined);
  const encoder = encoderOf(model.path, delivery.files);
  const graphs = { decoder: opened(model.path), encoder: encoder ? opened(encoder) : undefined };
  const failures = new Map<Resource, unknown>();
  const orNull = <T>(resource: Resource, value: Promise<T>): Promise<T | null> =>
    value.catch((error: unknown) => {
      failures.set(resource, error);
      return null;
    });
  const { tokenizerFile } = files;
  const config = {
    ...files,
    model: await orNull('session', graphs.decoder.location()),
    attention: await orNull('attention', attentionPlan(graphs, files, undefined)),
    threads,
    tokenizerPath: tokenizerFile && (await orNull('tokenizer', delivery.locate(tokenizerFile))),
  };
  return { files, config, failures };
}

/** The capabilities of a source that runs a graph. */
function running(
  call: Call,
  prepared: () => Promise<Prepared>,
): Pick<ModelSource['capabilities'], 'tokens' | 'logits' | 'attention' | 'sampling'> {
  return {
    tokens: {
      encode: (text, { special = true } = {}) => call('encode', { text, special }),
      decode: (ids) => call('decode', { ids }),
      chat: async (messages) =>
        (await prepared()).files.template === null ? null : call('render', { messages }),
    },
    logits: {
      score: (sequences, sample, { batch = 1, top = 0 } = {}) =>
        call('logProbs', { sequences, sample, batch, top }),
    },
    attention: {
      measure: async (ids) =>
        checkedAttention(await call('attention', { ids }), (await prepared()).files.config),
    },
    sampling: { generate: (ids, options) => call('generate', { ids, options }) },
  };
}
