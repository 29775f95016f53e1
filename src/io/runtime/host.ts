import { type ChildProcess, fork } from 'node:child_process';
import { AssayError, type ErrorRecord } from '../../core/errors.js';
import { runtimeEntry } from '../paths.cjs';
import { type CallListener, onceEach } from './listener.js';
import {
  type ChildMessage,
  MEMORY_NOTE,
  type OperationName,
  type ParentMessage,
  RESOURCE_OF,
  type RuntimeConfig,
  type RuntimeOperations,
} from './protocol.js';

/** Bounds of one operation in the child. */
export interface OperationLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  /** Ceiling of all operations on the same resource together. */
  readonly totalMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** JavaScript heap of the child: a 150k-token tokenizer.json needs about 200 MB, a template none. */
const HEAP_MB = 512;
const START_TIMEOUT_MS = 20_000;
/** Text kept from the child's stderr, to tell a memory stop from a native crash. */
const STDERR_KEPT = 4096;
/** Native libraries and temporary files need these; nothing else of the caller's environment reaches the child. */
const PASSED_ENVIRONMENT = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR', 'TEMP'];

/**
 * Every decode step returns caches a little larger than those of the last, so glibc maps fresh pages for each and
 * unmaps them at once: 1,400 page faults and 6 of 39 ms a token at 930 tokens of GPT-2 small. These are the ceilings
 * its own threshold would rise to; with them the heap keeps the memory, and 20 faults are left. Other systems'
 * allocators ignore the names.
 */
const ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(64 * 2 ** 20),
};

type Ending = { readonly ending: 'crashed' | 'memory' | 'timeout'; readonly detail: string };
type Settled = { readonly value: unknown } | { readonly error: ErrorRecord } | Ending;

interface LiveChild {
  readonly process: ChildProcess;
  readonly stderr: () => string;
}

/**
 * A child process that runs what is hostile: the model, its tokenizer and its template. A crash, hang or
 * memory overrun costs the child, never the caller; it is started again once, and a resource that ends it
 * twice is recorded as failed and not tried again.
 */
export class RuntimeHost {
  readonly #config: RuntimeConfig;
  readonly #failed = new Map<string, AssayError>();
  readonly #spentMs = new Map<string, number>();
  #child: LiveChild | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #nextId = 1;

  constructor(config: RuntimeConfig) {
    this.#config = config;
  }

  /** Run one operation; operations never overlap. Throws the child's AssayError or RUNTIME_CRASHED, _TIMEOUT, _MEMORY. */
  call<K extends OperationName>(
    operation: K,
    args: RuntimeOperations[K]['args'],
    limits: OperationLimits,
    listener: CallListener = {},
  ): Promise<RuntimeOperations[K]['result']> {
    const result = this.#queue.then(() => this.#attempt(operation, args, limits, onceEach(listener)));
    this.#queue = result.catch(() => undefined);
    return result as Promise<RuntimeOperations[K]['result']>;
  }

  async close(): Promise<void> {
    this.#discard();
  }

  async #attempt(
    operation: OperationName,
    args: unknown,
    limits: OperationLimits,
    listening: () => CallListener,
  ): Promise<unknown> {
    const resource = RESOURCE_OF[operation];
    const earlier = this.#failed.get(resource);
    if (earlier) throw earlier;
    const { totalMs = Number.POSITIVE_INFINITY } = limits;
    let last: Ending | undefined;
    for (let start = 0; start < 2; start++) {
      throwIfAborted(limits.signal);
      if ((this.#spentMs.get(resource) ?? 0) > totalMs) {
        last = { ending: 'timeout', detail: 'total' };
        break;
      }
      const started = performance.now();
      const settled = await this.#once(operation, args, limits, listening());
      this.#spentMs.set(resource, (this.#spentMs.get(resource) ?? 0) + performance.now() - started);
      if ('value' in settled) return settled.value;
      if ('error' in settled)
        throw new AssayError(settled.error.code, settled.error.message, hintOf(settled.error));
      last = settled;
    }
    const failure = endingError(operation, last as Ending, limits);
    this.#failed.set(resource, failure);
    throw failure;
  }

  async #once(
    operation: OperationName,
    args: unknown,
    limits: OperationLimits,
    listener: CallListener,
  ): Promise<Settled> {
    throwIfAborted(listener.signal);
    const live = await this.#start();
    const id = this.#nextId++;
    const settled = await exchange(
      live,
      { type: 'call', id, operation, args, memoryLimit: limits.memoryBytes },
      limits,
      listener,
    );
    if ('ending' in settled) this.#discard();
    throwIfAborted(limits.signal);
    return settled;
  }

  async #start(): Promise<LiveChild> {
    if (this.#child && this.#child.process.exitCode === null && this.#child.process.signalCode === null)
      return this.#child;
    const live = launch();
    this.#child = live;
    const ready = await exchange(
      live,
      { type: 'configure', config: this.#config },
      { timeoutMs: START_TIMEOUT_MS },
    );
    if ('ending' in ready) {
      this.#discard();
      throw new AssayError('RUNTIME_CRASHED', `The runtime process did not start (${ready.detail}).`, {
        hint: 'Check that node can start child processes here and that the package is complete.',
      });
    }
    return live;
  }

  #discard(): void {
    this.#child?.process.kill('SIGKILL');
    this.#child = undefined;
  }
}

function launch(): LiveChild {
  const env: Record<string, string> = { ...ALLOCATOR };
  for (const name of PASSED_ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const child = fork(runtimeEntry, [String(process.pid)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '--expose-gc'],
    env,
  });
  // A late failure to signal a dead child must not become an uncaught exception.
  child.on('error', () => undefined);
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT);
  });
  return { process: child, stderr: () => tail };
}

function exchange(
  live: LiveChild,
  message: ParentMessage,
  limits: Pick<OperationLimits, 'timeoutMs' | 'signal'>,
  listener: CallListener = {},
): Promise<Settled> {
  return new Promise((resolve) => {
    const { process: child } = live;
    const finish = (settled: Settled): void => {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
      listener.signal?.removeEventListener('abort', onCancel);
      child.off('message', onMessage).off('close', onClose).off('error', onError);
      resolve(settled);
    };
    const stop = (detail: string): void => {
      finish({ ending: 'timeout', detail });
      child.kill('SIGKILL');
    };
    const onMessage = (reply: ChildMessage): void => {
      if (reply.type === 'ready' || message.type === 'configure') finish({ value: undefined });
      else if (reply.id !== message.id) return;
      else if (reply.type === 'tokens')
        for (const [token, step] of reply.tokens) listener.onToken?.(token, step);
      else if (reply.type === 'result') finish({ value: reply.value });
      else finish({ error: reply.error });
    };
    const onClose = (code: number | null, signal: string | null): void =>
      finish(endingOf(live, code, signal));
    const onError = (error: Error): void => finish({ ending: 'crashed', detail: error.message });
    const onAbort = (): void => stop('aborted');
    const onCancel = (): void => {
      if (message.type === 'call') child.send({ type: 'cancel', id: message.id } satisfies ParentMessage);
    };
    const timer = setTimeout(() => stop(`no answer in ${limits.timeoutMs} ms`), limits.timeoutMs);
    limits.signal?.addEventListener('abort', onAbort, { once: true });
    listener.signal?.addEventListener('abort', onCancel, { once: true });
    child.on('message', onMessage).on('close', onClose).on('error', onError);
    child.send(message, (error) => {
      if (error) onError(error);
    });
  });
}

function endingOf(live: LiveChild, code: number | null, signal: string | null): Ending {
  const stderr = live.stderr();
  if (stderr.includes(MEMORY_NOTE) || stderr.includes('heap out of memory')) {
    return { ending: 'memory', detail: stderr.includes(MEMORY_NOTE) ? 'resident set' : 'JavaScript heap' };
  }
  return { ending: 'crashed', detail: signal ? `signal ${signal}` : `exit code ${code}` };
}

function endingError(operation: OperationName, last: Ending, limits: OperationLimits): AssayError {
  const subject = {
    session: 'The model',
    attention: 'The model',
    tokenizer: 'The tokenizer',
    template: 'The chat template',
  }[RESOURCE_OF[operation]];
  if (last.ending === 'timeout') {
    const allowed =
      last.detail === 'total'
        ? `spent the ${limits.totalMs} ms that all its operations may take`
        : `gave no answer to "${operation}" within ${limits.timeoutMs} ms, twice`;
    return new AssayError('RUNTIME_TIMEOUT', `${subject} ${allowed}.`, {
      hint: 'Raise --timeout for a slow machine; otherwise treat the file as hostile.',
    });
  }
  if (last.ending === 'memory') {
    const megabytes = Math.round(limits.memoryBytes / 2 ** 20);
    return new AssayError(
      'RUNTIME_MEMORY',
      `${subject} passed its memory limit in "${operation}" (${last.detail}; ${megabytes} MB allowed), twice.`,
      {
        hint: 'An honest file does not do this; inspect it, or raise --max-memory when the model is very large.',
      },
    );
  }
  return new AssayError(
    'RUNTIME_CRASHED',
    `${subject} ended the runtime process in "${operation}" (${last.detail}), twice.`,
    {
      hint: 'The file makes native code fail. Ask the vendor for a clean export; the audit went on without it.',
    },
  );
}

function hintOf(error: ErrorRecord): { hint?: string } {
  return error.hint === undefined ? {} : { hint: error.hint };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new AssayError('ABORTED', 'The audit was interrupted.', {
      hint: 'Start it again; saved evidence can be scored as it is.',
    });
}
