import type { Tensor } from 'onnxruntime-node';
import { AssayError } from '../../core/errors.js';
import type { TextLogProbs } from '../../core/types.js';
import { logSumExp } from '../../stats/log-sum-exp.js';
import type { Cache } from './cache.js';
import { floats } from './floats.js';
import { requireLogits } from './generate.js';
import { mostProbable, type RankedId } from './most-probable.js';
import type { ModelSession } from './session.js';

/** Tokens per forward pass: at a vocabulary of 262,144 their float32 logits take 64 MB. */
const PIECE = 64;

interface Accumulated {
  readonly ids: readonly number[];
  readonly target: number[];
  readonly argmax: number[];
  readonly sample: number[][];
  readonly top?: RankedId[][];
}

/** What is reported at every position besides the token that follows. */
interface Wanted {
  /** Ids whose log-probabilities are wanted. */
  readonly sample: readonly number[];
  /** How many of the most probable ids; 0 is none. */
  readonly top: number;
}

/**
 * Teacher-forced log-probabilities (nats) of each sequence. One at a time by default, since padding and
 * batching change the rounding of dynamically quantized models; `batch` > 1 left-pads when the model has an
 * attention mask.
 */
export async function teacherForce(
  session: ModelSession,
  sequences: readonly (readonly number[])[],
  sample: readonly number[],
  { batch = 1, top = 0 }: { readonly batch?: number; readonly top?: number } = {},
): Promise<TextLogProbs[]> {
  requireLogits(session);
  const wanted = { sample, top };
  const size = session.canPad ? batch : 1;
  const results: TextLogProbs[] = [];
  for (let at = 0; at < sequences.length; at += size) {
    const rows = sequences.slice(at, at + size);
    if (rows.length === 1) results.push(await scoreOne(session, rows[0] as readonly number[], wanted));
    else results.push(...(await scoreBatch(session, rows, wanted)));
  }
  return results;
}

const start = (ids: readonly number[], { top }: Wanted): Accumulated => ({
  ids,
  target: [],
  argmax: [],
  sample: [],
  ...(top > 0 ? { top: [] } : {}),
});

async function scoreOne(
  session: ModelSession,
  ids: readonly number[],
  wanted: Wanted,
): Promise<TextLogProbs> {
  const out = start(ids, wanted);
  const chunked = session.cached && session.canChunk;
  let cache: Cache | undefined;
  for (let at = 0; at < ids.length; ) {
    const piece = chunked ? ids.slice(at, at + PIECE) : ids;
    const outputs = await session.forward([piece], {
      cache,
      fetch: [session.logitsName, ...(chunked ? session.cacheOutputs(piece.length, cache) : [])],
    });
    if (chunked) cache = session.advance(outputs, piece.length, cache);
    const rows = logitRows(outputs[session.logitsName], session.logitsName, piece.length);
    for (const [i, row] of rows.entries()) addPosition(out, row, ids[at + i + 1], wanted);
    at += piece.length;
  }
  return out;
}

async function scoreBatch(
  session: ModelSession,
  batch: readonly (readonly number[])[],
  wanted: Wanted,
): Promise<TextLogProbs[]> {
  const width = Math.max(...batch.map((ids) => ids.length));
  const outputs = await session.forward(batch, { fetch: [session.logitsName] });
  const rows = logitRows(outputs[session.logitsName], session.logitsName, width * batch.length);
  return batch.map((ids, index) => {
    const out = start(ids, wanted);
    const first = index * width + width - ids.length;
    for (let i = 0; i < ids.length; i++)
      addPosition(out, rows[first + i] as Float32Array, ids[i + 1], wanted);
    return out;
  });
}

/** Split [1, S, V] logits into S views. Throws when the model returns fewer positions than it was given. */
export function logitRows(tensor: Tensor | undefined, name: string, positions: number): Float32Array[] {
  const data = floats(tensor, name);
  const width = tensor?.dims.at(-1) ?? 0;
  if (width === 0 || data.length !== width * positions) {
    throw new AssayError(
      'MODEL_OUTPUT_MISSING',
      `Output "${name}" has shape [${tensor?.dims.join(', ')}] for ${positions} tokens; expected logits for every token.`,
      {
        hint: 'Re-export without last-token slicing, so that whole texts can be scored.',
      },
    );
  }
  return Array.from({ length: positions }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

function addPosition(
  out: Accumulated,
  logits: Float32Array,
  next: number | undefined,
  { sample, top }: Wanted,
): void {
  if (next === undefined) return;
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i;
  const logZ = logSumExp(logits, 0, logits.length);
  if (!Number.isFinite(logZ)) throw notFinite();
  const logProb = (id: number): number => (logits[id] ?? Number.NEGATIVE_INFINITY) - logZ;
  out.argmax.push(best);
  out.target.push(logProb(next));
  out.sample.push(sample.map(logProb));
  out.top?.push(mostProbable(logits, logZ, top));
}

function notFinite(): AssayError {
  return new AssayError('MODEL_RUN_FAILED', 'The model returned logits that are not finite numbers.', {
    hint: 'The export overflows, often a float16 one; ask for a float32 or bfloat16 export.',
  });
}
