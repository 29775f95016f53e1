import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AttentionStatistics } from '../../src/core/types.js';
import type { RuntimeConfig } from '../../src/io/runtime/protocol.js';

const RUNNER = fileURLToPath(new URL('./attention-runner.mjs', import.meta.url));
const LIMIT_MS = 10_000;

export interface Feed {
  readonly type: 'int64' | 'bool' | 'float32' | 'float16';
  readonly data: readonly (number | bigint)[];
  readonly dims: readonly number[];
}
export interface RawTensor {
  readonly type: string;
  readonly data: ArrayLike<number | bigint>;
  readonly dims: readonly number[];
}
export type Answer<T> = { readonly value: T } | { readonly error: { code: string; message: string } };

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { code: string; message: string };
}

/** One child for many graphs, started again after each one that ends it. */
export class AttentionChild {
  #child: ChildProcess | undefined;
  #id = 0;
  deaths = 0;

  measure(config: RuntimeConfig, ids: readonly number[]): Promise<Answer<AttentionStatistics>> {
    return this.#ask('measure', { config, ids }) as Promise<Answer<AttentionStatistics>>;
  }

  run(
    bytes: Uint8Array,
    folder: string,
    feeds: Readonly<Record<string, Feed>>,
  ): Promise<Answer<Record<string, RawTensor>>> {
    return this.#ask('run', { bytes, folder, feeds }) as Promise<Answer<Record<string, RawTensor>>>;
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #ask(kind: string, args: unknown): Promise<Answer<unknown>> {
    this.#child ??= await start();
    const child = this.#child;
    const id = ++this.#id;
    const answer = await new Promise<Answer<unknown>>((resolve) => {
      const finish = (value: Answer<unknown>): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        resolve(value);
      };
      const onMessage = (reply: Reply): void => {
        if (reply.id !== id) return;
        finish(reply.error ? { error: reply.error } : { value: reply.value });
      };
      const onExit = (code: number | null, signal: string | null): void =>
        finish({ error: { code: 'DIED', message: signal ?? `exit ${code}` } });
      const timer = setTimeout(() => finish({ error: { code: 'HANGS', message: kind } }), LIMIT_MS);
      child.on('message', onMessage).on('exit', onExit);
      child.send({ id, kind, args });
    });
    if ('error' in answer && /^(DIED|HANGS)$/.test(answer.error.code)) {
      this.deaths++;
      this.close();
    }
    return answer;
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(RUNNER, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
  return child;
}
