import { logMixture } from '../../stats/log-mixture.js';
import { type Division, divide, divideUnknown } from './mixed.js';
import { logAnyCount, logExact, logNear, logResembling } from './overheads.js';

/** What a service reported, beside counts of the same texts. */
export interface Reported {
  /** Tokens of each request's text, by stack. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly tokens: readonly number[];
}

/** ln P of what was reported under each way in which it may have been counted. */
export interface Explanations {
  readonly stacks: readonly string[];
  /** One tokenizer counted everything. */
  readonly pure: Readonly<Record<string, number>>;
  /** The first counted, but for some requests that the second did. */
  readonly divided: (first: string, second: string) => Division;
  /** A tokenizer counted, but for some requests that something unknown did. */
  readonly partly: Readonly<Record<string, number>>;
  /** Something unknown counted. */
  readonly unknown: number;
}

/** Unknown counters: half resemble a known tokenizer; few run beside one on texts of any kind; the others do neither. */
const RESEMBLING = 0.5;
const BESIDE = 0.01;

export function explain({ counts, tokens }: Reported): Explanations {
  const stacks = Object.keys(counts);
  const overheads = Object.fromEntries(
    stacks.map((id) => [id, tokens.map((all, at) => all - (counts[id]?.[at] ?? 0))]),
  );
  const of = (id: string): readonly number[] => overheads[id] ?? [];
  const anyhow = tokens.map((all, at) => logAnyCount(all, middle(stacks.map((id) => counts[id]?.[at] ?? 0))));
  const divisions = new Map<string, Division>();
  return {
    stacks,
    pure: Object.fromEntries(stacks.map((id) => [id, logExact(of(id))])),
    divided: (first, second) => {
      const key = JSON.stringify([first, second]);
      const division = divisions.get(key) ?? divide(of(first), of(second));
      divisions.set(key, division);
      return division;
    },
    partly: Object.fromEntries(
      stacks.map((id) => [id, divideUnknown(of(id), anyhow, stacks.filter((other) => other !== id).map(of))]),
    ),
    unknown: logMixture([
      [1 - RESEMBLING - BESIDE, anyhow.reduce((sum, value) => sum + value, 0)],
      ...stacks.flatMap((id): [number, number][] => [
        [RESEMBLING / stacks.length, logResembling(of(id))],
        [BESIDE / stacks.length, logNear(of(id))],
      ]),
    ]),
  };
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
