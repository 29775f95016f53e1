import { Refusal } from './refusal.js';

/** One model answers one request at a time; more than this many waiting are turned away. */
const MAX_WAITING = 64;

export interface Queue {
  /** Runs `work` when all before it are done, unless its client is gone by then. Throws a Refusal when full. */
  run(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** All that was queued has ended. */
  idle(): Promise<void>;
}

export function queue(): Queue {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  return {
    run: (work, signal) => {
      if (waiting >= MAX_WAITING)
        throw new Refusal(429, 'rate_limit_error', `${MAX_WAITING} requests are waiting already.`, {
          code: 'rate_limit_exceeded',
        });
      waiting++;
      const done = last.then(async () => {
        waiting--;
        if (!signal.aborted) await work();
      });
      last = done.catch(() => undefined);
      return done;
    },
    idle: () => last,
  };
}
