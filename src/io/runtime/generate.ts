import { AssayError } from '../../core/errors.js';
import { seededRng } from '../../core/rng.js';
import type { Generation, SamplingOptions, TokenStep } from '../../core/types.js';
import { logSumExp } from '../../stats/log-sum-exp.js';
import type { Cache } from './cache.js';
import { choiceOf, choose } from './choose.js';
import { floats } from './floats.js';
import { mostProbable } from './most-probable.js';
import { readsAhead } from './reads-ahead.js';
import type { ModelSession, Outputs } from './session.js';

/** What a caller may follow while tokens are decoded. */
export interface Watch {
  readonly onToken?: ((id: number, step: TokenStep) => void) | undefined;
  /** Asked before each token. */
  readonly cancelled?: (() => boolean) | undefined;
}

/**
 * Continue a prompt: greedy at temperature 0, else sampling from softmax(logits / temperature) with a seeded
 * generator. Uses the KV cache when the export has one and re-reads the whole context when not.
 */
export async function generate(
  session: ModelSession,
  prompt: readonly number[],
  options: SamplingOptions,
  watch: Watch = {},
): Promise<Generation> {
  requireLogits(session);
  if (prompt.length === 0)
    throw new AssayError('USAGE', 'A prompt needs at least one token.', {
      hint: 'Check the prompt text and the tokenizer.',
    });
  await requireReadingOrder(session, prompt);
  const { maxNewTokens, seed = 0, ignoreEos = false, topLogProbs } = options;
  const choice = choiceOf(options);
  const rng = seededRng(seed);
  const [ids, tokenMs, steps]: [number[], number[], TokenStep[]] = [[], [], []];
  const ended = (stopped: Generation['stopped']): Generation => ({
    ids,
    tokenMs,
    stopped,
    ...(topLogProbs === undefined ? {} : joined(steps)),
  });
  let cache: Cache | undefined;
  while (ids.length < maxNewTokens) {
    if (watch.cancelled?.()) throw cancelled();
    const input = session.cached && ids.length > 0 ? ids.slice(-1) : [...prompt, ...ids];
    const started = performance.now();
    const fetch = [session.lastLogitsName, ...session.cacheOutputs(input.length, cache)];
    const outputs: Outputs = await session.forward([input], { cache, fetch });
    if (session.cached) cache = session.advance(outputs, input.length, cache);
    const logits = lastRow(session, outputs);
    const next = choose(logits, choice, rng);
    tokenMs.push(performance.now() - started);
    ids.push(next);
    const step = topLogProbs === undefined ? UNRANKED : ranked(logits, next, topLogProbs);
    if (topLogProbs !== undefined) steps.push(step);
    watch.onToken?.(next, step);
    if (!ignoreEos && session.eosTokenIds.includes(next)) return ended('eos');
  }
  return ended('length');
}

const UNRANKED: TokenStep = {};

function ranked(logits: Float32Array, chosen: number, count: number): Required<TokenStep> {
  const logZ = logSumExp(logits, 0, logits.length);
  return { logProb: (logits[chosen] as number) - logZ, top: mostProbable(logits, logZ, count) };
}

function joined(steps: readonly TokenStep[]): Pick<Generation, 'logProbs' | 'top'> {
  return {
    logProbs: steps.map(({ logProb = Number.NaN }) => logProb),
    top: steps.map(({ top = [] }) => top),
  };
}

function cancelled(): AssayError {
  return new AssayError('ABORTED', 'The generation was stopped by whoever asked for it.', {
    hint: 'Ask again.',
  });
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
