import type { ChatRequest, ServiceFacts } from '../../core/types.js';
import { errorOfBody } from '../../formats/chat/server-error.js';
import { type Json, type JsonObject, label, list, object } from '../../formats/chat/values.js';
import { chatBody } from './body.js';
import type { Dialect } from './dialect.js';
import { clean } from './failure.js';
import { MAX_LIST_BYTES } from './limits.js';
import { type BodySink, bodySink } from './reply-sink.js';
import type { EndpointSession } from './session.js';

const MAX_IDS = 1000;
const MAX_SCALARS = 48;
const MAX_NAME = 200;
/** Where servers state the longest context: vLLM and SGLang, OpenRouter, LM Studio, Mistral, llama.cpp. */
const CONTEXT = [
  'max_model_len',
  'context_length',
  'max_context_length',
  'context_window',
  'meta.n_ctx',
] as const;

/** What `models` lists of the audited model. A server without a list is described by nothing. */
export async function describeService(session: EndpointSession, model: string): Promise<ServiceFacts> {
  const { sink } = await session.send('GET', 'models', undefined, () => bodySink(MAX_LIST_BYTES));
  if (sink.status < 500) session.noteSuccess();
  const body = sink.status === 200 ? object(sink.json()) : undefined;
  const entries = list(body?.data ?? body?.models).flatMap((entry) => asList(object(entry)));
  const idOf = (entry: JsonObject): string | null => label(entry.id ?? entry.name, MAX_NAME);
  const scrub = (text: string): string => clean(session.scrubber.message(text));
  const chosen =
    entries.find((entry) => idOf(entry) === model) ?? (entries.length === 1 ? entries[0] : undefined);
  const scalars = Object.fromEntries(
    scalarsOf(chosen ?? {})
      .slice(0, MAX_SCALARS)
      .map(([name, value]) => [scrub(name), typeof value === 'string' ? scrub(value) : value]),
  );
  const context = CONTEXT.map((name) => scalars[name]).find(
    (value) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0,
  );
  return {
    model: scalars,
    modelIds: entries
      .slice(0, MAX_IDS)
      .flatMap((entry) => asList(idOf(entry) ?? undefined))
      .map(scrub),
    maxPositions: typeof context === 'number' ? context : null,
  };
}

/** How the server refuses a request; null when it does not, in which case the answer is dropped at its head. */
export async function refusalOf(
  session: EndpointSession,
  request: ChatRequest,
  model: string,
  dialect: Dialect,
): Promise<{ readonly status: number; readonly message: string } | null> {
  const sinkFor = (): BodySink => bodySink(0, { unwanted: true });
  const { sink } = await session.send('POST', 'chat/completions', chatBody(request, model, dialect), sinkFor);
  if (sink.status < 500) session.noteSuccess();
  if (sink.status >= 200 && sink.status < 300) return null;
  const message = errorOfBody(sink.json())?.message ?? sink.text();
  return { status: sink.status, message: clean(session.scrubber.message(message)) };
}

function asList<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** Numbers, texts and truth values of an entry and of the objects in it, by dotted name. */
function scalarsOf(entry: JsonObject): [string, string | number | boolean][] {
  const scalar = (name: string, value: Json | undefined): [string, string | number | boolean][] => {
    if (typeof value === 'string') return [[name.slice(0, MAX_NAME), value.slice(0, MAX_NAME)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[name.slice(0, MAX_NAME), value]] : [];
  };
  return Object.entries(entry).flatMap(([name, value]) => {
    const nested = object(value);
    if (nested === undefined) return scalar(name, value);
    return Object.entries(nested).flatMap(([inner, deep]) => scalar(`${name}.${inner}`, deep));
  });
}
