import type { EndpointLimits } from './limits.js';

export type Phase = 'connect' | 'headers' | 'body';

/** A deadline that passed. */
export class Overdue extends Error {
  constructor(
    readonly phase: Phase | 'total',
    milliseconds: number,
  ) {
    const what = {
      connect: 'no connection',
      headers: 'no answer',
      body: 'silence inside an answer',
      total: 'an answer without end',
    }[phase];
    super(`${what} within ${Math.round(milliseconds)} ms`);
  }
}

interface Clock {
  readonly limits: EndpointLimits;
  readonly remainingMs: number;
  readonly now: () => number;
}

/** Deadlines of one exchange, phase by phase, and its times, counted from the moment the request was written. */
export function deadlines({ limits, remainingMs, now }: Clock, fail: (cause: Overdue) => void) {
  const totalMs = Math.min(limits.totalMs, remainingMs);
  let writtenAt = now();
  let current: Phase = 'connect';
  let leaving: NodeJS.Timeout | undefined;
  const total = setTimeout(() => fail(new Overdue('total', totalMs)), totalMs);
  let step = arm('connect', limits.connectMs);

  function arm(phase: Phase, milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => fail(new Overdue(phase, milliseconds)), milliseconds);
  }
  function enter(phase: Phase, milliseconds: number): void {
    clearTimeout(step);
    current = phase;
    step = arm(phase, milliseconds);
  }
  const elapsed = (): number => Math.max(0, now() - writtenAt);
  return {
    get phase() {
      return current;
    },
    elapsed,
    connected: () => enter('headers', limits.headersMs),
    written: () => {
      writtenAt = now();
    },
    head: () => {
      enter('body', limits.idleMs);
      return elapsed();
    },
    byte: () => {
      // Restarted instead of armed anew: streams bring thousands of pieces.
      step.refresh();
      return elapsed();
    },
    leave: (milliseconds: number, then: () => void) => {
      leaving = setTimeout(then, milliseconds);
    },
    clear: () => {
      for (const timer of [total, step, leaving]) clearTimeout(timer);
    },
  };
}
