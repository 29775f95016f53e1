import { readFileSync } from 'node:fs';
import { type Capabilities, type CapabilityName, collect, type Evidence, type Probe } from 'model-assay';
import { FIXTURES } from './onnx.js';

/** Numbers of torch and scipy for one fixture, see scripts/fixtures/golden.py. */
export interface Golden {
  readonly ids: readonly number[];
  readonly logitsLast: readonly number[];
  readonly logprobsTarget: readonly number[];
  readonly attention: Readonly<
    Record<'entropyBits' | 'normalizedEntropy' | 'firstTokenMass' | 'meanDistance', readonly number[][]>
  >;
  readonly greedy: readonly number[];
  readonly tokenizerIds: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

export function golden(name: string): Golden {
  return JSON.parse(readFileSync(`${FIXTURES}golden/${name}.json`, 'utf8')) as Golden;
}

/** A probe of our own: what it is handed is what it asked the opened candidate for. */
export function probing<T>(
  use: (capabilities: Capabilities) => Promise<T>,
  requires: readonly CapabilityName[] = ['tokens', 'logits', 'sampling', 'attention'],
): Probe {
  return { id: 'test', version: 1, requires, cost: () => ({ requests: 0, tokens: 0 }), collect: use };
}

/** What a probe of our own recorded. Throws what made it fail. */
export function probed<T>({ probes }: Evidence): T {
  const status = probes.test;
  if (status?.status === 'ok') return status.data as T;
  const problem = status?.status === 'failed' ? status.error : status;
  throw new Error(JSON.stringify(problem));
}

/** Ask an opened candidate directly. Throws what the probe recorded. */
export async function measure<T>(
  path: string,
  use: (capabilities: Capabilities) => Promise<T>,
  requires?: readonly CapabilityName[],
): Promise<T> {
  return probed(await collect(path, { probes: [probing(use, requires)] }));
}

/** Log-softmax in double precision. */
export function logSoftmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const total = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  return logits.map((logit) => logit - total);
}

/** Largest absolute difference; infinite when the lengths differ. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
}

/** How far a model's next-token and target log-probabilities are from torch's, and how it continues. */
export async function distanceToTorch(
  { logits, sampling }: Capabilities,
  name: string,
): Promise<{ last: number; target: number; greedy: readonly number[] }> {
  const { ids, greedy, logitsLast, logprobsTarget } = golden(name);
  const everyToken = logitsLast.map((_, id) => id);
  const [scored] = await logits.score([[...ids, greedy[0] as number]], everyToken);
  const continued = await sampling.generate(ids, { maxNewTokens: greedy.length, ignoreEos: true });
  return {
    last: distance(scored?.sample.at(-1) ?? [], logSoftmax(logitsLast)),
    target: distance(scored?.target.slice(0, -1) ?? [], logprobsTarget),
    greedy: continued.ids,
  };
}
