import { AssayError, isAssayError } from '../core/errors.js';
import type {
  AnswerEnd,
  AnswerPiece,
  Engine,
  EnginePrompt,
  EngineRequest,
  LogitsCapability,
  SamplingCapability,
  TokensCapability,
} from '../core/types.js';
import { type ChannelText, stopFilter, type Thinking, thinkingSplit } from './answer-bits.js';
import { lazy } from './lazy.js';
import type { TokenBytes } from './token-bytes.js';
import { type Decoder, decoderOf } from './token-text.js';

/** What an engine is made of. Anything that can play these parts is served as a model is. */
export interface EngineParts {
  readonly tokens: TokensCapability;
  readonly sampling: SamplingCapability;
  /** Absent where prompts are not scored: `echo` then comes without log-probabilities. */
  readonly logits?: LogitsCapability;
  /** Null where token texts are known only from whole texts: answers then come in one piece. */
  readonly tokenBytes: () => Promise<TokenBytes | null>;
  /** Ids that end an answer and are no part of its text. */
  readonly endTokenIds: readonly number[];
}

export interface EngineOptions {
  readonly name: string;
  readonly maxPositions: number | undefined;
}

interface EncodedPrompt {
  readonly ids: readonly number[];
  readonly thinking: Thinking;
}

/** An engine of a model's own capabilities: template, tokenizer, decoding. */
export function localEngine(parts: EngineParts, { name, maxPositions }: EngineOptions): Engine {
  const decoder = lazy(async () => decoderOf(await parts.tokenBytes(), parts.tokens));
  return {
    name,
    maxPositions,
    answer: async (request, emit, signal) => {
      const prompt = await encoded(parts.tokens, request.prompt);
      const maxTokens = roomFor(prompt.ids.length, request.maxTokens, maxPositions);
      const texts = await decoder.get();
      if (request.prompt.kind === 'text' && request.prompt.echo)
        emit(await echoed(parts, request.prompt.text, prompt.ids, request.topLogProbs, texts));
      const answered = await answer(parts, texts, { ...request, maxTokens }, prompt, emit, signal);
      return {
        finish: answered.finish,
        usage: {
          promptTokens: prompt.ids.length,
          completionTokens: answered.tokens,
          reasoningTokens: answered.reasoningTokens,
          cachedTokens: 0,
        },
      };
    },
  };
}

async function encoded(tokens: TokensCapability, prompt: EnginePrompt): Promise<EncodedPrompt> {
  if (prompt.kind === 'text') return { ids: await tokens.encode(prompt.text), thinking: 'never' };
  const rendered = await tokens.chat(prompt.messages);
  // A template writes its own markup, so the tokenizer adds none.
  if (rendered !== null)
    return {
      ids: await tokens.encode(rendered, { special: false }),
      thinking: /<think>\s*$/.test(rendered) ? 'opened' : 'maybe',
    };
  const plain = prompt.messages.map(({ content }) => content).join('\n');
  return { ids: await tokens.encode(plain), thinking: 'maybe' };
}

/** Tokens there is room for. Throws ENDPOINT_STATUS with the fault EXCEED_CONTEXT, as nothing is cut silently. */
function roomFor(prompt: number, wanted: number, maxPositions = Number.POSITIVE_INFINITY): number {
  if (prompt === 0)
    throw new AssayError('USAGE', 'The prompt has no tokens.', { hint: 'Give a prompt with some text.' });
  if (prompt < maxPositions || (prompt === maxPositions && wanted === 0))
    return Math.min(wanted, maxPositions - prompt);
  throw new AssayError(
    'ENDPOINT_STATUS',
    `The prompt has ${prompt} tokens; the context of the model has ${maxPositions}.`,
    { hint: 'Give a shorter prompt.', fault: 'EXCEED_CONTEXT' },
  );
}

interface Answered {
  readonly finish: AnswerEnd['finish'];
  readonly tokens: number;
  readonly reasoningTokens: number;
}

async function answer(
  { sampling, endTokenIds }: EngineParts,
  texts: Decoder,
  request: EngineRequest,
  prompt: EncodedPrompt,
  emit: (piece: AnswerPiece) => void,
  signal: AbortSignal | undefined,
): Promise<Answered> {
  if (request.maxTokens === 0) return { finish: 'length', tokens: 0, reasoningTokens: 0 };
  const stops = stopFilter(request.stop ?? []);
  const thinking = thinkingSplit(prompt.thinking);
  const stopping = new AbortController();
  let [count, reasoningTokens, stopped] = [0, 0, false];
  const forward = (pieces: readonly ChannelText[]): void => {
    for (const piece of pieces) {
      if (piece.channel === 'reasoning') reasoningTokens = count;
      if (piece.text === '' && piece.tokens.length === 0) continue;
      emit({ ...piece, soFar: { promptTokens: prompt.ids.length, completionTokens: count } });
    }
  };
  const stream = texts.stream(request.topLogProbs !== undefined);
  const { temperature, topP, seed, topLogProbs, logitBias } = request;
  const options = {
    maxNewTokens: request.maxTokens,
    temperature,
    topP,
    seed,
    ...optional({ topLogProbs, logitBias }),
  };
  const generated = await sampling
    .generate(
      prompt.ids,
      options,
      (id, step) => {
        if (stopped) return;
        count++;
        if (endTokenIds.includes(id)) return;
        const filtered = stops.push(stream.push(id, step));
        forward(thinking.push(filtered.bits));
        stopped = filtered.stopped;
        if (stopped) stopping.abort();
      },
      signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal,
    )
    .catch((error: unknown) => {
      if (stopped && isAssayError(error, 'ABORTED')) return null;
      throw error;
    });
  if (!stopped) {
    const last = stops.push(await stream.end());
    forward(thinking.push([...last.bits, ...(last.stopped ? [] : stops.rest())]));
    stopped = last.stopped;
  }
  forward(thinking.rest());
  const finish = stopped || generated?.stopped === 'eos' ? 'stop' : 'length';
  return { finish, tokens: count, reasoningTokens };
}

/** The prompt as a server repeats it: its tokens with the probability of each under the model. */
async function echoed(
  { logits }: EngineParts,
  text: string,
  ids: readonly number[],
  top: number | undefined,
  texts: Decoder,
): Promise<AnswerPiece> {
  const soFar = { promptTokens: ids.length, completionTokens: 0 };
  if (top === undefined) return { channel: 'text', text, tokens: [], soFar };
  const scored = ids.length > 1 ? (await logits?.score([ids], [], { top }))?.[0] : undefined;
  const tokens = await texts.known(
    ids.map((id, at) => ({
      id,
      step:
        at === 0 || !scored
          ? {}
          : { logProb: scored.target[at - 1] as number, top: scored.top?.[at - 1] ?? [] },
    })),
  );
  return { channel: 'text', text, tokens, soFar };
}

function optional<T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
