import type { Tensor } from 'onnxruntime-node';
import { RECENT } from '../../formats/onnx/recent-cache.js';

/** Keys and values of the tokens already seen. */
export interface Cache {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly length: number;
  /** How many of them the inputs for recent tokens hold, in graphs that have such. */
  readonly recent: number;
}

/** Whole caches are copied once in so many tokens, recent parts of half this size at each. */
const REPLACE_AFTER = 32;

/** Which cache outputs a step has to return, and what the next one continues from. */
export class CachePlan {
  readonly #whole: readonly (readonly [past: string, present: string])[];
  readonly #recent: readonly (readonly [past: string, present: string])[];

  /** `presentOf`: each cache input with the output that continues it. */
  constructor(presentOf: ReadonlyMap<string, string>) {
    const pairs = [...presentOf];
    this.#whole = pairs.filter(([past]) => !past.endsWith(RECENT));
    this.#recent = pairs.filter(([past]) => past.endsWith(RECENT));
  }

  get exists(): boolean {
    return this.#whole.length > 0;
  }

  /** Cache outputs of a step over `tokens` new tokens. */
  outputs(tokens: number, cache: Cache | undefined): string[] {
    return this.#chosen(tokens, cache).map(([, present]) => present);
  }

  /** The cache after that step. */
  advance(outputs: Readonly<Record<string, Tensor>>, tokens: number, cache: Cache | undefined): Cache {
    const chosen = this.#chosen(tokens, cache);
    const replaces = chosen === this.#whole;
    const tensors: Record<string, Tensor> = {};
    if (!replaces) for (const [past] of this.#whole) tensors[past] = cache?.tensors[past] as Tensor;
    for (const [past, present] of chosen) tensors[past] = outputs[present] as Tensor;
    return {
      tensors,
      length: (cache?.length ?? 0) + tokens,
      recent: replaces ? 0 : (cache?.recent ?? 0) + tokens,
    };
  }

  #chosen(tokens: number, cache: Cache | undefined): readonly (readonly [string, string])[] {
    const replaces =
      this.#recent.length === 0 || cache === undefined || cache.recent + tokens > REPLACE_AFTER;
    return replaces ? this.#whole : this.#recent;
  }
}
