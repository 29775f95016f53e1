import type { AnswerEnd, AnswerPiece, ReplyToken, Usage } from '../core/types.js';
import type { Dialect, Stage, UsagePlace } from './dialects/dialect.js';
import type { Exchange } from './exchange.js';
import type { Json } from './json.js';

/** The pieces of an answer after all stages. */
function staged(stages: readonly Stage[]): {
  piece(piece: AnswerPiece): readonly AnswerPiece[];
  end(): readonly AnswerPiece[];
} {
  const through = (pieces: readonly AnswerPiece[], from: number): readonly AnswerPiece[] =>
    stages.slice(from).reduce((now, stage) => now.flatMap((piece) => stage.piece(piece)), pieces);
  return {
    piece: (piece) => through([piece], 0),
    end: () => stages.flatMap((stage, at) => through(stage.end(), at + 1)),
  };
}

const objectOf = ({ request: { kind } }: Exchange, chunk: boolean): string =>
  kind === 'completion' ? 'text_completion' : chunk ? 'chat.completion.chunk' : 'chat.completion';

const head = (exchange: Exchange, chunk: boolean): Json => ({
  id: exchange.id,
  object: objectOf(exchange, chunk),
  created: exchange.created,
  model: exchange.model,
});

const IN_CHUNK: Readonly<Record<UsagePlace, boolean>> = {
  'extra-if-asked': true,
  extra: true,
  finish: false,
  x_groq: false,
  choice: false,
  'every-chunk': false,
  never: false,
};

/** A body of JSON per chunk, in the order in which they are sent. */
export interface ChunkWriter {
  piece(piece: AnswerPiece): readonly Json[];
  end(end: AnswerEnd): readonly Json[];
}

/** The chunks of a streamed answer. */
export function chunkWriter(dialect: Dialect, exchange: Exchange): ChunkWriter {
  const stages = staged(dialect.stages.map((make) => make()));
  const chat = exchange.request.kind === 'chat';
  let opened = false;
  const patched = (body: Json, at: 'chunk' | 'finish' | 'usage', usage: Usage | null = null): Json =>
    dialect.patches.reduce((now, patch) => patch(now, exchange, at, usage), body);
  const choice = (fields: Json, tokens: readonly ReplyToken[], finish: string | null): Json => ({
    index: 0,
    ...(chat
      ? { delta: { ...(dialect.roleInEach ? { role: 'assistant' } : {}), ...fields } }
      : { text: fields.content ?? '' }),
    logprobs: tokens.length > 0 ? dialect.logProbs(tokens, exchange.request) : null,
    finish_reason: finish,
  });
  const fieldsOf = ({ channel, text }: AnswerPiece): Json =>
    chat ? dialect.fields(channel, text) : { content: text };
  const opening = (): Json[] => {
    if (opened) return [];
    opened = true;
    const first =
      chat && dialect.opening
        ? [{ ...head(exchange, true), choices: [choice(dialect.opening, [], null)] }]
        : [];
    return [...dialect.preamble(exchange), ...first.map((body) => patched(body, 'chunk'))];
  };
  const chunk = (piece: AnswerPiece): Json =>
    patched(
      {
        ...head(exchange, true),
        choices: [choice(fieldsOf(piece), piece.tokens, null)],
        ...(dialect.usagePlace === 'every-chunk' ? { usage: soFar(dialect, piece, exchange) } : {}),
      },
      'chunk',
    );
  return {
    piece: (piece) => [...opening(), ...stages.piece(piece).map(chunk)],
    end: ({ finish, usage }) => [
      ...opening(),
      ...stages.end().map(chunk),
      patched(finishChunk(dialect, exchange, choice({}, [], dialect.finish(finish)), usage), 'finish', usage),
      ...usageChunk(dialect, exchange, usage).map((body) => patched(body, 'usage', usage)),
    ],
  };
}

function soFar(dialect: Dialect, piece: AnswerPiece, exchange: Exchange): Json {
  return dialect.usage({ ...piece.soFar, reasoningTokens: null, cachedTokens: null }, exchange);
}

function finishChunk(dialect: Dialect, exchange: Exchange, choice: Json, usage: Usage): Json {
  const body = { ...head(exchange, true), choices: [choice] };
  const counted = dialect.usage(usage, exchange);
  switch (dialect.usagePlace) {
    case 'finish':
    case 'every-chunk':
      return { ...body, usage: counted };
    case 'x_groq':
      return { ...body, x_groq: { id: `req_${exchange.id.slice(-8)}`, usage: counted } };
    case 'choice':
      return { ...body, choices: [{ ...choice, usage: counted }] };
    default:
      return body;
  }
}

function usageChunk(dialect: Dialect, exchange: Exchange, usage: Usage): Json[] {
  const asked = dialect.usagePlace !== 'extra-if-asked' || exchange.request.includeUsage;
  if (!IN_CHUNK[dialect.usagePlace] || !asked) return [];
  return [{ ...head(exchange, true), choices: [], usage: dialect.usage(usage, exchange) }];
}

/** Fields of both channels: where one is null for the other's sake, it gives way. */
function both(text: Json, reasoning: Json): Json {
  const said = Object.entries(reasoning).filter(([name, value]) => value !== null || !(name in text));
  return { ...text, ...Object.fromEntries(said) };
}

/** The body of an answer that is not streamed. */
export function wholeBody(
  dialect: Dialect,
  exchange: Exchange,
  pieces: readonly AnswerPiece[],
  { finish, usage }: AnswerEnd,
): Json {
  const stages = staged(dialect.stages.map((make) => make()));
  const all = [...pieces.flatMap((piece) => stages.piece(piece)), ...stages.end()];
  const textOf = (channel: AnswerPiece['channel']): string =>
    all.map((piece) => (piece.channel === channel ? piece.text : '')).join('');
  const [text, reasoning] = [textOf('text'), textOf('reasoning')];
  const message =
    dialect.message?.(text, reasoning) ??
    both(dialect.fields('text', text), reasoning === '' ? {} : dialect.fields('reasoning', reasoning));
  const tokens = all.flatMap((piece) => piece.tokens);
  const { request } = exchange;
  const body = {
    ...head(exchange, false),
    choices: [
      {
        index: 0,
        ...(request.kind === 'chat' ? { message: { role: 'assistant', ...message } } : { text }),
        logprobs: tokens.length > 0 ? dialect.logProbs(tokens, request) : null,
        finish_reason: dialect.finish(finish),
      },
    ],
    ...(dialect.usagePlace === 'never' ? {} : { usage: dialect.usage(usage, exchange) }),
  };
  return dialect.patches.reduce((now: Json, patch) => patch(now, exchange, 'whole', usage), body);
}
