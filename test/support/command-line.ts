import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './hostile-candidates.js';

const PROCESS = fileURLToPath(new URL('./command-line-process.mjs', import.meta.url));

/**
 * Commands that are asked for their output and exit code, in one process: loading the package costs more than most
 * of them. What a process shows by its start, its end or its environment needs one of its own.
 */
export class CommandLine {
  #child: ChildProcess | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  run(...args: readonly string[]): Promise<CliResult> {
    const result = this.#queue.then(() => this.#run(args));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.disconnect();
    await ended;
  }

  #run(args: readonly string[]): Promise<CliResult> {
    this.#child ??= fork(PROCESS, { serialization: 'advanced', execArgv: [] });
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null): void => {
        this.#child = undefined;
        reject(new Error(`"${args.join(' ')}" ended the process with ${signal ?? code}.`));
      };
      child.once('exit', onExit).once('message', (result: CliResult) => {
        child.off('exit', onExit);
        resolve(result);
      });
      child.send(args);
    });
  }
}
