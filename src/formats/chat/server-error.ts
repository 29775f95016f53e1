import { MAX_LABEL_UNITS, MAX_MESSAGE_UNITS } from './limits.js';
import { type Json, type JsonObject, label, list, object } from './values.js';

/** What a server says went wrong, in an error body or inside a stream. */
export interface ServerError {
  readonly message: string;
  /** Status or code as the server gives it. */
  readonly code: string | null;
  /** Parameters it names, in lower case; searched for what it refuses. The request itself, which some echo, is left out. */
  readonly parameters: string;
}

/** Error of a body or event, in the shapes of OpenAI, vLLM, llama.cpp, Ollama and FastAPI; undefined where it is none. */
export function serverError(value: Json | undefined, { named = false } = {}): ServerError | undefined {
  const body = object(value);
  if (body === undefined) return undefined;
  const error = body.error ?? object(list(body.choices)[0])?.error;
  if (typeof error === 'string' && error !== '') return described(error, body, []);
  const nested = object(error);
  if (nested !== undefined) return fromObject(nested);
  if (body.object === 'error' || body.type === 'error' || (named && body.choices === undefined))
    return fromObject(body);
  return undefined;
}

/** The same, of a body whose status says that it is an error. */
export function errorOfBody(value: Json | undefined): ServerError | undefined {
  const known = serverError(value);
  const body = object(value);
  if (known !== undefined || body === undefined) return known;
  const details = list(body.detail);
  if (details.length > 0) return fromDetails(details);
  const message = label(body.detail, MAX_MESSAGE_UNITS) ?? label(body.message, MAX_MESSAGE_UNITS);
  return message === null ? undefined : described(message, body, []);
}

function fromObject(error: JsonObject): ServerError {
  const message =
    label(error.message, MAX_MESSAGE_UNITS) ?? label(error.type, MAX_LABEL_UNITS) ?? 'no message';
  return described(message, error, [label(error.param, MAX_LABEL_UNITS) ?? '']);
}

function described(
  message: string,
  { code, status }: JsonObject,
  parameters: readonly string[],
): ServerError {
  const kept = message.slice(0, MAX_MESSAGE_UNITS);
  const number = code ?? status;
  return {
    message: kept,
    code: typeof number === 'number' ? String(number) : label(number, MAX_LABEL_UNITS),
    parameters: [...parameters, kept].join(' ').toLowerCase(),
  };
}

/** Validation errors of FastAPI: where, and what. */
function fromDetails(details: readonly Json[]): ServerError {
  const lines = details.slice(0, 8).map((entry) => {
    const detail = object(entry);
    const where = list(detail?.loc)
      .filter((part) => typeof part === 'string')
      .join('.');
    return `${where}: ${label(detail?.msg, MAX_LABEL_UNITS) ?? 'invalid'}`;
  });
  return described(lines.join('; '), {}, []);
}
