import type { ChatQuirk } from './quirks.js';
import { type Json, type JsonObject, list, object, text } from './values.js';

/** Text that one event adds. */
export interface Added {
  readonly text: string;
  readonly reasoning: string;
}

/** Names of the field that holds reasoning, in order of preference. */
const REASONING = ['reasoning_content', 'reasoning', 'thinking'] as const;

/** Text and reasoning of a message or delta. Servers that give the reasoning twice are read once. */
export function contentOf(message: JsonObject, quirk: (code: ChatQuirk) => void): Added {
  const content = partsOf(message.content, quirk);
  const named = REASONING.map((name) => text(message[name])).filter((value) => value !== '');
  const details = detailsOf(message.reasoning_details, quirk);
  const sources = [...named, details, content.reasoning].filter((value) => value !== '');
  if (sources.length > 1) quirk('REASONING_TWICE');
  if (text(message.refusal) !== '') quirk('REFUSAL');
  if (list(message.tool_calls).length > 0 || object(message.function_call)) quirk('TOOL_CALLS');
  return { text: content.text, reasoning: sources[0] ?? '' };
}

/** `content` is a text, or an array of parts of which some are thinking. */
export function partsOf(content: Json | undefined, quirk: (code: ChatQuirk) => void): Added {
  if (typeof content === 'string') return { text: content, reasoning: '' };
  if (!Array.isArray(content)) return { text: '', reasoning: '' };
  quirk('CONTENT_PARTS');
  let written = '';
  let reasoning = '';
  for (const part of content.map((value) => (typeof value === 'string' ? value : object(value)))) {
    if (typeof part === 'string') written += part;
    else if (part?.type === 'thinking' || part?.type === 'reasoning')
      reasoning += thoughtOf(part.thinking ?? part.reasoning ?? part.text ?? part.content);
    else written += text(part?.text);
  }
  return { text: written, reasoning };
}

/** Mistral nests the thought in text parts of its own. */
function thoughtOf(value: Json | undefined): string {
  return typeof value === 'string'
    ? value
    : list(value)
        .map((part) => text(object(part)?.text))
        .join('');
}

function detailsOf(value: Json | undefined, quirk: (code: ChatQuirk) => void): string {
  return list(value)
    .map((entry) => {
      const detail = object(entry);
      if (detail?.type === 'reasoning.encrypted') quirk('REASONING_HIDDEN');
      return text(detail?.text) || text(detail?.summary);
    })
    .join('');
}
