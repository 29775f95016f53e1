import { AssayError } from '../../core/errors.js';
import { type Rng, seededRng } from '../../core/rng.js';
import type { Generation, SamplingOptions } from '../../core/types.js';
import type { Cache } from './cache.js';
import { floats } from './floats.js';
import { readsAhead } from './reads-ahead.js';
import type { ModelSession, Outputs } from './session.js';

/**
 * Continue a prompt: greedy at temperature 0, else multinomial sampling from softmax(logits / temperature)
 * with a seeded generator. Uses the KV cache when the export has one and re-reads the whole context when not.
 */
export async function generate(
  session: ModelSession,
  prompt: readonly number[],
  { maxNewTokens, temperature = 0, seed = 0, ignoreEos = false }: SamplingOptions,
): Promise<Generation> {
  requireLogits(session);
  if (prompt.length === 0)
    throw new AssayError('USAGE', 'A prompt needs at least one token.', {
      hint: 'Check the prompt text and the tokenizer.',
    });
  await requireReadingOrder(session, prompt);
  const rng = seededRng(seed);
  const ids: number[] = [];
  const tokenMs: number[] = [];
  let cache: Cache | undefined;
  while (ids.length < maxNewTokens) {
    const input = session.cached && ids.length > 0 ? ids.slice(-1) : [...prompt, ...ids];
    const started = performance.now();
    const fetch = [session.lastLogitsName, ...session.cacheOutputs(input.length, cache)];
    const outputs: Outputs = await session.forward([input], { cache, fetch });
    if (session.cached) cache = session.advance(outputs, input.length, cache);
    const next = choose(lastRow(session, outputs), temperature, rng);
    tokenMs.push(performance.now() - started);
    ids.push(next);
    if (!ignoreEos && session.eosTokenIds.includes(next)) return { ids, tokenMs, stopped: 'eos' };
  }
  return { ids, tokenMs, stopped: 'length' };
}

export function requireLogits(session: ModelSession): void {
  if (session.logitsName !== '') return;
  throw new AssayError(
    'MODEL_OUTPUT_MISSING',
    'The model has no logits output, so it cannot generate or be scored.',
    {
      hint: 'Export it for text generation (optimum-cli export onnx --task text-generation-with-past).',
    },
  );
}

const asked = new WeakMap<ModelSession, Promise<boolean>>();

/** Throws MODEL_OUTPUT_MISSING for an encoder: its next token would be a guess about a text that ends there. */
async function requireReadingOrder(session: ModelSession, prompt: readonly number[]): Promise<void> {
  const answer = asked.get(session) ?? readsAhead(session, prompt);
  if (prompt.length > 1) asked.set(session, answer);
  if (!(await answer)) return;
  throw new AssayError(
    'MODEL_OUTPUT_MISSING',
    'The model reads text in both directions, as encoders do, so it does not continue text.',
    { hint: 'Encoders are compared by log-probabilities, architecture and attention.' },
  );
}

function lastRow(session: ModelSession, outputs: Outputs): Float32Array {
  const tensor = outputs[session.lastLogitsName];
  const data = floats(tensor, session.logitsName);
  return data.subarray(data.length - (tensor?.dims.at(-1) ?? data.length));
}

function choose(logits: Float32Array, temperature: number, rng: Rng): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i;
  if (!Number.isFinite(logits[best])) {
    throw new AssayError('MODEL_RUN_FAILED', 'The model returned logits that are not finite numbers.', {
      hint: 'The export overflows, often a float16 one; ask for a float32 or bfloat16 export.',
    });
  }
  if (temperature === 0) return best;
  const top = logits[best] as number;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  let remaining = rng() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [id, weight] of weights.entries()) {
    remaining -= weight;
    if (remaining < 0) return id;
  }
  return best;
}
