import { AssayError } from '../../core/errors.js';
import type { Rng } from '../../core/rng.js';
import type { SamplingOptions } from '../../core/types.js';

/** How the next token is taken from a row of logits. */
export interface Choice {
  readonly temperature: number;
  readonly topP: number;
  /** [id, added to its logit] */
  readonly bias: readonly (readonly [id: number, added: number])[];
}

export function choiceOf({ temperature = 0, topP = 1, logitBias = {} }: SamplingOptions): Choice {
  return { temperature, topP, bias: Object.entries(logitBias).map(([id, added]) => [Number(id), added]) };
}

/** The next id: the largest logit at temperature 0, else drawn from softmax(logits / temperature). */
export function choose(logits: Float32Array, choice: Choice, rng: Rng): number {
  const likeliest = largest(logits);
  if (!Number.isFinite(logits[likeliest])) throw notFinite();
  const biased = choice.bias.length === 0 ? logits : withBias(logits, choice.bias);
  const best = biased === logits ? likeliest : largest(biased);
  if (choice.temperature === 0) return best;
  const top = biased[best] as number;
  const weights = Float64Array.from(biased, (logit) => Math.exp((logit - top) / choice.temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return choice.topP < 1 ? drawNucleus(weights, choice.topP * total, rng) : draw(weights, total, rng, best);
}

function notFinite(): AssayError {
  return new AssayError('MODEL_RUN_FAILED', 'The model returned logits that are not finite numbers.', {
    hint: 'The export overflows, often a float16 one; ask for a float32 or bfloat16 export.',
  });
}

function largest(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i;
  return best;
}

function withBias(logits: Float32Array, bias: Choice['bias']): Float32Array {
  const out = Float32Array.from(logits);
  for (const [id, added] of bias) {
    if (!Number.isSafeInteger(id) || id < 0 || id >= out.length)
      throw new AssayError('USAGE', `logit_bias names the id ${id}; the model has ${out.length} ids.`, {
        hint: 'Take ids from the tokenizer of this model.',
      });
    out[id] = (out[id] as number) + added;
  }
  return out;
}

function draw(weights: Float64Array, total: number, rng: Rng, best: number): number {
  let remaining = rng() * total;
  for (const [id, weight] of weights.entries()) {
    remaining -= weight;
    if (remaining < 0) return id;
  }
  return best;
}

/** Holtzman et al. 2020: the fewest most probable ids whose weights reach `mass`. */
function drawNucleus(weights: Float64Array, mass: number, rng: Rng): number {
  const order = Array.from(weights.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number));
  let kept = 0;
  let count = 0;
  while (count < order.length && (count === 0 || kept < mass))
    kept += weights[order[count++] as number] as number;
  let remaining = rng() * kept;
  for (const id of order.slice(0, count)) {
    remaining -= weights[id] as number;
    if (remaining < 0) return id;
  }
  return order[0] as number;
}
