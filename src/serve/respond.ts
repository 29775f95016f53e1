import type { ServerResponse } from 'node:http';
import { isAssayError } from '../core/errors.js';
import type { AnswerPiece, Engine, EngineRequest } from '../core/types.js';
import { chunkWriter, wholeBody } from './answer-body.js';
import type { Dialect } from './dialects/dialect.js';
import type { Exchange, ServedRequest } from './exchange.js';
import type { Json } from './json.js';
import { invalid, Refusal } from './refusal.js';

/** Tokens of an answer whose request sets no limit, where the model states no context. */
const DEFAULT_TOKENS = 4096;
/** The default of /v1/completions, as OpenAI documents it. */
const COMPLETION_TOKENS = 16;

/** Answer one request in a dialect. Errors before the first chunk have a status, later ones are events. */
export async function respond(
  engine: Engine,
  dialect: Dialect,
  exchange: Exchange,
  response: ServerResponse,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
): Promise<void> {
  const { request } = exchange;
  const asked = engineRequest(request, engine, seed);
  if (!request.stream) {
    const pieces: AnswerPiece[] = [];
    const end = await engine.answer(asked, (piece) => pieces.push(piece), signal);
    sendJson(response, 200, wholeBody(dialect, exchange, pieces, end), dialect.headers);
    return;
  }
  const events = eventWriter(dialect, response);
  const chunks = chunkWriter(dialect, exchange);
  try {
    const end = await engine.answer(asked, (piece) => events.write(chunks.piece(piece)), signal);
    events.write(chunks.end(end));
    response.end(dialect.framing.done);
  } catch (error) {
    if (!response.headersSent) throw error;
    events.write([{ error: { message: refusalOf(error).message, code: 502 } }]);
    response.end();
  }
}

function engineRequest(request: ServedRequest, engine: Engine, drawn: number): EngineRequest {
  const { prompt, temperature, topP, topLogProbs, logitBias, stop } = request;
  const unset = request.kind === 'completion' ? COMPLETION_TOKENS : (engine.maxPositions ?? DEFAULT_TOKENS);
  return {
    prompt,
    temperature,
    topP,
    stop,
    seed: request.seed ?? drawn,
    maxTokens: request.maxTokens ?? unset,
    ...(topLogProbs === undefined ? {} : { topLogProbs }),
    ...(logitBias === undefined ? {} : { logitBias }),
  };
}

function eventWriter(
  { framing, headers }: Dialect,
  response: ServerResponse,
): { write(bodies: readonly Json[]): void } {
  let count = 0;
  return {
    write: (bodies) => {
      if (!response.headersSent) {
        response.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache',
          ...headers,
        });
        response.write(framing.before);
      }
      // One write per event, so that bursts arrive as they would from a server that flushes each.
      for (const body of bodies) response.write(framing.event(JSON.stringify(body), count++));
    },
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}

/** What a client is told of an error: the model's own words for what it asked, nothing of the inside. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isAssayError(error) && error.fault === 'EXCEED_CONTEXT') {
    const [prompt, context] = (error.message.match(/\d+/g) ?? []).map(Number);
    return new Refusal(400, 'exceed_context_size_error', error.message, {
      code: 'context_length_exceeded',
      details: { n_prompt_tokens: prompt ?? 0, n_ctx: context ?? 0 },
    });
  }
  if (isAssayError(error) && (error.code === 'USAGE' || error.code === 'TEMPLATE_INVALID'))
    return invalid(error.message);
  if (isAssayError(error, 'ABORTED')) return new Refusal(503, 'server_error', 'The server is stopping.');
  return new Refusal(500, 'server_error', isAssayError(error) ? error.message : 'The server failed.');
}
