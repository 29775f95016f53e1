import type { Reply, ReplyDelta, ReplySignature, ReplyToken } from '../../core/types.js';
import type { ParsedReply } from '../../formats/chat/reply-reader.js';
import type { ServerError } from '../../formats/chat/server-error.js';
import { adapt, type Dialect, refusedParameter } from './dialect.js';
import { clean, endpointError, statusError, unsupported } from './failure.js';
import { type ReplySink, replySink } from './reply-sink.js';
import type { Scrubber } from './scrub.js';
import type { EndpointSession, Sent } from './session.js';

/**
 * Checks a signature over the raw body of an answer, while both are at hand; undefined where it carries none.
 * Header names are in lower case.
 */
export type CheckSignature = (
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
) => ReplySignature | undefined;

export interface Question {
  readonly path: 'chat/completions' | 'completions';
  readonly model: string;
  readonly topLogProbs?: number;
  /** The request in the dialect known by then. */
  readonly body: () => string;
  readonly onDelta?: ((delta: ReplyDelta) => void) | undefined;
}

export interface Asker {
  readonly session: EndpointSession;
  readonly dialect: Dialect;
  readonly checkSignature: CheckSignature | undefined;
}

/** Statuses of a path that a server does not have. */
const NO_PATH: ReadonlySet<number> = new Set([404, 405, 501]);

/** Ask, and ask again without what the server refuses. Throws ENDPOINT_*, ABORTED. */
export async function ask(question: Question, asker: Asker): Promise<Reply> {
  const { session, dialect, checkSignature } = asker;
  const sinkFor = (): ReplySink => replySink(checkSignature !== undefined, question.onDelta);
  for (;;) {
    const body = question.body();
    const sent = await session.send('POST', question.path, body, sinkFor);
    const answer = readAnswer(sent, asker);
    if ('reply' in answer) return finished(answer.reply, sent, question, asker);
    const { status, error } = answer;
    const refused = refusedParameter(status, error, body);
    if (refused !== undefined && adapt(dialect, refused, question)) continue;
    throw asFailure(status, error, refused, question, session);
  }
}

type Answer =
  | { readonly reply: ParsedReply }
  | { readonly status: number; readonly error: ServerError | undefined };

function readAnswer({ sink }: Sent<ReplySink>, { session }: Asker): Answer {
  if (sink.status < 200 || sink.status >= 300) return { status: sink.status, error: sink.error() };
  try {
    const reply = sink.reply();
    // A refusal of a parameter may come inside an answer that began well.
    if (reply.error !== null) return { status: Number(reply.error.code) || 200, error: reply.error };
    if (reply.quirks.includes('NOT_A_REPLY'))
      throw endpointError('ENDPOINT_NOT_A_REPLY', 'The endpoint answered with something else than a reply.');
    if (reply.quirks.includes('EVENT_CUT') || endsInDoubt(reply, sink))
      throw endpointError('ENDPOINT_CUT', 'The reply of the endpoint ended early.');
    return { reply };
  } catch (error) {
    session.noteFailure(error);
    throw error;
  }
}

/** Nothing said that the reply was over: neither its last event, nor its finish, nor the framing of HTTP. */
function endsInDoubt({ finish, quirks }: ParsedReply, { headers }: ReplySink): boolean {
  const framed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return !framed && finish === null && quirks.includes('DONE_MISSING');
}

function asFailure(
  status: number,
  error: ServerError | undefined,
  refused: string | undefined,
  { path }: Question,
  session: EndpointSession,
): Error {
  const message = session.scrubber.message(error?.message ?? '');
  if (refused !== undefined) return unsupported(`the parameter ${refused}`, message);
  if (path === 'completions' && NO_PATH.has(status)) return unsupported('completions of raw text', message);
  const failure =
    status === 200
      ? endpointError(
          'ENDPOINT_ERROR_IN_REPLY',
          `The endpoint reported an error inside its reply: ${clean(message)}`,
        )
      : statusError(status, message);
  // A request that a server dislikes says nothing of the next one; a server in trouble, or a wrong key, does.
  if (status >= 500 || status === 401 || status === 403 || status === 429 || status === 200)
    session.noteFailure(failure);
  else session.noteSuccess();
  return failure;
}

function finished(
  { error: _none, ...reply }: ParsedReply,
  { sink, took, quirks }: Sent<ReplySink>,
  { model }: Question,
  { session, dialect, checkSignature }: Asker,
): Reply {
  session.noteSuccess();
  const signature = checkSignature?.(sink.headers, sink.body());
  const renamed = reply.model !== null && reply.model !== model ? ['MODEL_RENAMED'] : [];
  return withoutKey(
    {
      ...reply,
      timing: took,
      quirks: [...reply.quirks, ...quirks, ...dialect.quirks, ...renamed].sort(),
      ...(signature === undefined ? {} : { signature }),
    },
    session.scrubber,
  );
}

/** No reply that is kept holds the key: not in its text, nor spelled by its deltas or tokens. */
function withoutKey(reply: Reply, { masked, message }: Scrubber): Reply {
  const text = masked(reply.text);
  const reasoning = masked(reply.reasoning);
  const spelled = masked((reply.tokens ?? []).map((token) => token.text).join('')) !== null;
  const named = [reply.model, reply.systemFingerprint, reply.finish].some(
    (name) => name && message(name) !== name,
  );
  const alternative = !spelled && (reply.tokens ?? []).some((token) => hasKey(token, masked));
  if (text === null && reasoning === null && !spelled && !named && !alternative) return reply;
  const shown = (name: string | null): string | null => name && message(name);
  return {
    ...reply,
    text: text ?? reply.text,
    reasoning: reasoning ?? reply.reasoning,
    model: shown(reply.model),
    systemFingerprint: shown(reply.systemFingerprint),
    finish: shown(reply.finish),
    deltas: relabelled(reply, text, reasoning),
    tokens: spelled || alternative || text !== null || reasoning !== null ? null : reply.tokens,
    quirks: [...reply.quirks, 'KEY_ECHOED'].sort(),
  };
}

function hasKey({ text, top }: ReplyToken, masked: Scrubber['masked']): boolean {
  return masked(text) !== null || top.some((choice) => masked(choice.text) !== null);
}

function relabelled({ deltas }: Reply, text: string | null, reasoning: string | null): readonly ReplyDelta[] {
  const at = { text: 0, reasoning: 0 };
  const source = { text, reasoning };
  return deltas.map((delta) => {
    const from = at[delta.channel];
    at[delta.channel] = from + delta.text.length;
    const replacement = source[delta.channel];
    return replacement === null ? delta : { ...delta, text: replacement.slice(from, at[delta.channel]) };
  });
}
