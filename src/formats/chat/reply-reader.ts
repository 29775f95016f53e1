import type { Reply, ReplyDelta, Usage } from '../../core/types.js';
import { contentOf } from './content.js';
import { type EventSplitter, splitEvents } from './events.js';
import { overLimit } from './failure.js';
import { foreignEvent } from './foreign.js';
import { MAX_DELTAS, MAX_LABEL_UNITS, MAX_TEXT_UNITS } from './limits.js';
import { addLogProbs, type TokenSink } from './log-probs.js';
import type { ChatQuirk } from './quirks.js';
import { type ServerError, serverError } from './server-error.js';
import { joined, type RawDelta, separateThinking } from './thinking.js';
import { findUsage, usageOfTimings } from './usage.js';
import { count, type Json, type JsonObject, label, list, object, text, wellFormed } from './values.js';

/** A reply as far as its bytes tell; times of the exchange and signatures are added by who reads the socket. */
export interface ParsedReply extends Omit<Reply, 'timing' | 'signature'> {
  /** Error the server put into a body or stream that began well. */
  readonly error: ServerError | null;
}

export interface ReplyReader {
  /** Bytes as they arrive, cut anywhere, with their time. Throws ENDPOINT_LIMIT and ENDPOINT_PROTOCOL. */
  push(bytes: Uint8Array, atMs: number): void;
  /** The reply, after the last byte. Throws as `push` does. */
  end(): ParsedReply;
  /** The server said that nothing more will come. */
  readonly done: boolean;
}

/**
 * Read a reply in whatever dialect it is written: chat completions, legacy completions and the APIs beside them,
 * streamed or not. `onDelta` sees text as it comes; a thought without opening tag is only known for one at its end, so
 * the channels of the finished reply may differ.
 */
export function replyReader(onDelta?: (delta: ReplyDelta) => void): ReplyReader {
  const state = emptyState(onDelta);
  const splitter = splitEvents({
    event: (value, name) => readEvent(value, name, state),
    quirk: state.quirk,
  });
  return {
    get done() {
      return splitter.done || state.last;
    },
    push: (bytes, atMs) => {
      state.atMs = atMs;
      splitter.push(bytes);
    },
    end: () => {
      splitter.end();
      return finished(state, splitter);
    },
  };
}

interface State extends TokenSink {
  atMs: number;
  units: number;
  choiceSeen: boolean;
  /** Text beside `choices`, of another API, came with an event that said it was the last. */
  last: boolean;
  finish: string | null;
  model: string | null;
  systemFingerprint: string | null;
  usage: Usage | null;
  usages: number;
  timings: JsonObject | undefined;
  error: ServerError | null;
  readonly deltas: RawDelta[];
  readonly quirks: Set<ChatQuirk>;
  readonly onDelta: ((delta: ReplyDelta) => void) | undefined;
}

function emptyState(onDelta: State['onDelta']): State {
  const quirks = new Set<ChatQuirk>();
  return {
    atMs: 0,
    units: 0,
    choices: 0,
    choiceSeen: false,
    last: false,
    finish: null,
    model: null,
    systemFingerprint: null,
    usage: null,
    usages: 0,
    timings: undefined,
    error: null,
    tokens: [],
    deltas: [],
    quirks,
    quirk: (code) => quirks.add(code),
    onDelta,
  };
}

function readEvent(value: Json, name: string | undefined, state: State): void {
  const event = object(value);
  if (event === undefined) {
    state.quirk('EVENT_NOT_JSON');
    return;
  }
  state.error ??= serverError(event, { named: name === 'error' }) ?? null;
  nameModel(event.model, state);
  state.systemFingerprint ??= label(event.system_fingerprint, MAX_LABEL_UNITS);
  state.timings = object(event.timings) ?? state.timings;
  const all = list(event.choices).flatMap((entry): JsonObject[] => {
    const known = object(entry);
    return known === undefined ? [] : [known];
  });
  const choice = all.find(({ index }) => index === undefined || index === null || index === 0);
  if (all.some(({ index }) => (count(index) ?? 0) > 0)) state.quirk('CHOICES_MANY');
  if (!Array.isArray(event.choices) && readForeign(event, state)) return;
  if (Array.isArray(event.choices)) state.choiceSeen = true;
  if (choice !== undefined) readChoice(choice, state);
  readUsage(event, choice, state);
}

function readChoice(choice: JsonObject, state: State): void {
  const message = object(choice.delta) ?? object(choice.message);
  if (message !== undefined) {
    const added = contentOf(message, state.quirk);
    addText('reasoning', added.reasoning, state);
    addText('text', added.text, state);
  } else addText('text', text(choice.text), state);
  addLogProbs(object(choice.logprobs), state);
  state.finish = label(choice.finish_reason, MAX_LABEL_UNITS) ?? state.finish;
}

function readUsage(event: JsonObject, choice: JsonObject | undefined, state: State): void {
  const found = findUsage(event, choice, state.quirk);
  if (found === undefined) return;
  state.usage = merged(state.usage, found.usage);
  if (++state.usages > 1) state.quirk('USAGE_REPEATED');
  if (found.place === 'x_groq') state.quirk('USAGE_X_GROQ');
  if (found.place === 'choice') state.quirk('USAGE_IN_CHOICE');
  if (choice === undefined || object(choice.message) !== undefined) return;
  state.quirk(typeof choice.finish_reason === 'string' ? 'USAGE_IN_FINISH' : 'USAGE_EARLY');
}

/** False where the event is of no API that is known. */
function readForeign(event: JsonObject, state: State): boolean {
  const foreign = foreignEvent(event, state.quirk);
  if (foreign === undefined) return false;
  state.choiceSeen = true;
  state.quirk(foreign.quirk);
  nameModel(foreign.model, state);
  addText('reasoning', foreign.reasoning ?? '', state);
  addText('text', foreign.text ?? '', state);
  addLogProbs(foreign.logProbs, state);
  state.finish = label(foreign.finish, MAX_LABEL_UNITS) ?? state.finish;
  if (foreign.usage !== undefined) state.usage = merged(state.usage, foreign.usage);
  state.last = foreign.last === true || state.last;
  return true;
}

/** Later counts replace earlier ones; what a later report leaves out stays. */
function merged(before: Usage | null, after: Usage): Usage {
  return {
    promptTokens: after.promptTokens ?? before?.promptTokens ?? null,
    completionTokens: after.completionTokens ?? before?.completionTokens ?? null,
    reasoningTokens: after.reasoningTokens ?? before?.reasoningTokens ?? null,
    cachedTokens: after.cachedTokens ?? before?.cachedTokens ?? null,
  };
}

function nameModel(value: Json | undefined, state: State): void {
  const model = label(value, MAX_LABEL_UNITS);
  if (model === null) return;
  if (state.model !== null && state.model !== model) state.quirk('MODEL_VARIES');
  state.model ??= model;
}

function addText(channel: ReplyDelta['channel'], added: string, state: State): void {
  if (added === '') return;
  state.units += added.length;
  if (state.units > MAX_TEXT_UNITS)
    throw overLimit('CHAT_TEXT', `holds more than ${MAX_TEXT_UNITS} characters`);
  if (state.deltas.length >= MAX_DELTAS) throw overLimit('CHAT_DELTAS', `has more than ${MAX_DELTAS} parts`);
  if (added.includes('\ufffd')) state.quirk('TEXT_REPLACEMENT');
  const delta = { atMs: state.atMs, channel, text: added };
  state.deltas.push(delta);
  state.onDelta?.(delta);
}

function finished(state: State, { done, streamed }: EventSplitter): ParsedReply {
  const { quirk, usage, finish } = state;
  const deltas = separateThinking(state.deltas, quirk);
  if (!state.choiceSeen) quirk('NOT_A_REPLY');
  if (streamed && !done && !state.last) quirk('DONE_MISSING');
  if (finish === null) quirk('FINISH_MISSING');
  const timed = usage ?? usageOfTimings(state.timings) ?? null;
  if (timed === null) quirk('USAGE_MISSING');
  else if (usage === null) quirk('USAGE_TIMINGS');
  return {
    text: whole(deltas, 'text', quirk),
    reasoning: whole(deltas, 'reasoning', quirk),
    finish,
    usage: timed,
    model: state.model,
    systemFingerprint: state.systemFingerprint,
    tokens: state.tokens.length === 0 ? null : state.tokens,
    deltas,
    quirks: [...state.quirks].sort(),
    error: state.error,
  };
}

/** Servers that cut a character in two give a surrogate in each part; joined, they are whole again. */
function whole(deltas: readonly ReplyDelta[], channel: ReplyDelta['channel'], quirk: State['quirk']): string {
  const source = joined(deltas, channel);
  const sound = wellFormed(source);
  if (sound !== source) quirk('SURROGATE_LONE');
  return sound;
}
