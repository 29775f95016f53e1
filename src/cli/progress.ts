import { Presets, SingleBar } from 'cli-progress';
import type { ProgressEvent } from '../core/types.js';

export interface Progress {
  readonly onProgress: (event: ProgressEvent) => void;
  stop(): void;
}

const SILENT: Progress = { onProgress: () => undefined, stop: () => undefined };

/** A bar on a terminal, one line per finished probe elsewhere; always on stderr. */
export function startProgress(enabled: boolean): Progress {
  if (!enabled) return SILENT;
  return process.stderr.isTTY === true ? bar() : lines();
}

function lines(): Progress {
  return {
    onProgress: (event) => {
      if (event.type === 'probe-end') process.stderr.write(`assay: ${event.probe} ${event.status}\n`);
    },
    stop: () => undefined,
  };
}

function bar(): Progress {
  const single = new SingleBar(
    {
      format: '{bar} {percentage} % | {probe}',
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  return {
    onProgress: (event) => {
      if (event.type === 'probe-start') single.start(1, 0, { probe: event.probe });
      else if (event.type === 'probe-end') single.stop();
      else {
        single.setTotal(Math.max(1, event.total));
        single.update(event.done);
      }
    },
    stop: () => single.stop(),
  };
}
