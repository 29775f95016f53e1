import { field, fields, first, isUnusable, list, text, type Unusable, unusable, unwrapped } from './json.js';
import { MAX_MESSAGES } from './limits.js';

export interface LoggedMessages {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Something in them adds tokens that the texts do not show. */
  readonly extras: boolean;
}

/** Names of roles in exports of LangChain, and of its classes. */
const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  HumanMessage: 'user',
  ai: 'assistant',
  AIMessage: 'assistant',
  model: 'assistant',
  SystemMessage: 'system',
};
const TEXT_PARTS = new Set(['text', 'input_text', 'output_text']);
/** Fields of a message that templates render beside its content. */
const BESIDE_CONTENT = ['tool_calls', 'function_call', 'tool_call_id', 'name', 'images', 'audio', 'prefix'];
/** Earlier reasoning that some templates strip and others keep. */
const EARLIER_REASONING = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking'];

/** Conversation of a request in any known shape. */
export function messagesOf(request: unknown): LoggedMessages | Unusable {
  const single = promptOf(request);
  if (single !== undefined) return single;
  const stated = [field(request, 'messages'), field(request, 'input'), request].map(unwrapped);
  let turns = stated.map(list).find((value) => value !== undefined);
  // LangChain keeps a batch of conversations, of one.
  if (turns?.length === 1 && Array.isArray(turns[0])) turns = turns[0] as readonly unknown[];
  if (turns === undefined || turns.length === 0) return unusable('no messages');
  if (turns.length > MAX_MESSAGES) return unusable('too many messages');
  const first = text(field(request, 'system')) ?? text(field(request, 'instructions'));
  const read = turns.map(messageOf);
  const broken = read.find(isUnusable);
  if (broken !== undefined) return broken as Unusable;
  const messages = read as Exclude<(typeof read)[number], Unusable>[];
  return {
    messages: [
      ...(first === undefined ? [] : [{ role: 'system', content: first }]),
      ...messages.map(({ role, content }) => ({ role, content })),
    ],
    extras: messages.some(({ extras }) => extras),
  };
}

function promptOf(request: unknown): LoggedMessages | Unusable | undefined {
  if (list(field(request, 'messages')) !== undefined) return undefined;
  const prompt = field(request, 'prompt');
  if (text(prompt)) return { messages: [{ role: 'prompt', content: String(prompt) }], extras: false };
  if (list(prompt)?.length === 1 && text(list(prompt)?.[0])) return promptOf({ prompt: list(prompt)?.[0] });
  if (list(prompt)?.every((part) => typeof part === 'number')) return unusable('prompt given as token ids');
  const input = unwrapped(request);
  const only = first(text(input), text(field(input, 'input')), text(field(input, 'question')));
  if (only === undefined || typeof unwrapped(only) === 'object') return undefined;
  const system = text(field(request, 'instructions'));
  const messages = [{ role: 'user', content: only }];
  return {
    messages: system === undefined ? messages : [{ role: 'system', content: system }, ...messages],
    extras: false,
  };
}

type Read = { readonly role: string; readonly content: string; readonly extras: boolean };

function messageOf(value: unknown): Read | Unusable {
  if (Array.isArray(value) && value.length === 2 && text(value[0]) && typeof value[1] === 'string')
    return messageOf({ role: value[0], content: value[1] });
  const inner = fields(field(value, 'kwargs')) ?? fields(field(value, 'data')) ?? fields(value);
  if (inner === undefined) return unusable('a message of unknown shape');
  const kind = list(field(value, 'id'))?.at(-1);
  const named = first(text(field(inner, 'role')), text(field(value, 'type')), text(field(inner, 'type')));
  const role = named === undefined || named === 'constructor' ? text(kind) : named;
  if (role === undefined) return unusable('a message of unknown shape');
  const content = contentOf(field(inner, 'content'));
  const rendered = [...BESIDE_CONTENT, ...EARLIER_REASONING].some((name) => isThere(field(inner, name)));
  const extra = rendered || isThere(field(inner, 'additional_kwargs', 'tool_calls'));
  return {
    role: Object.hasOwn(ROLES, role) ? String(ROLES[role]) : role,
    content: content ?? '',
    extras: content === undefined || extra,
  };
}

/** Text of a content; undefined where it is more than one text. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  const parts = list(content);
  // Templates differ in what they put between two parts.
  if (parts?.length !== 1) return undefined;
  if (typeof parts[0] === 'string') return parts[0];
  return TEXT_PARTS.has(String(field(parts[0], 'type'))) ? text(field(parts[0], 'text')) : undefined;
}

export function isThere(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !(Array.isArray(value) && value.length === 0);
}
