import { Template } from '@huggingface/jinja';
import { AssayError } from '../../core/errors.js';
import type { ChatMessage } from '../../core/types.js';

/** The longest published template is 17 kB; a megabyte is not a chat template. */
const MAX_SOURCE = 2 ** 20;
/** Prompts of the suites stay under 100 kB; a template that adds a megabyte is hostile. */
const MAX_OUTPUT = 2 ** 20;

/** Templates that print the date would make prompts, and so evidence, differ by day. */
const FROZEN_DATE: Readonly<Record<string, string>> = {
  '%Y': '2025',
  '%m': '01',
  '%d': '01',
  '%B': 'January',
  '%b': 'Jan',
  '%A': 'Wednesday',
  '%a': 'Wed',
  '%H': '00',
  '%M': '00',
  '%S': '00',
  '%y': '25',
  '%j': '001',
};

function frozenNow(format: string): string {
  return String(format).replace(/%-?[A-Za-z]/g, (code) => FROZEN_DATE[code.replace('-', '')] ?? code);
}

/** Render a chat template with the date frozen. Time and memory are bounded by the process around it. */
export function renderTemplate(
  source: string,
  messages: readonly ChatMessage[],
  variables: Readonly<Record<string, unknown>>,
): string {
  if (source.length > MAX_SOURCE) {
    throw new AssayError(
      'TEMPLATE_LIMIT',
      `The chat template has ${source.length} characters; the limit is ${MAX_SOURCE}.`,
      {
        hint: 'This is not a chat template. Ask the vendor for the original tokenizer_config.json.',
      },
    );
  }
  const text = render(source, messages, variables);
  if (text.length > MAX_OUTPUT) {
    throw new AssayError(
      'TEMPLATE_LIMIT',
      `The chat template rendered ${text.length} characters; the limit is ${MAX_OUTPUT}.`,
      {
        hint: 'The template multiplies its input. Ask the vendor for the original tokenizer_config.json.',
      },
    );
  }
  return text;
}

function render(
  source: string,
  messages: readonly ChatMessage[],
  variables: Readonly<Record<string, unknown>>,
): string {
  try {
    // jinja 0.5.11 predefines strftime_now with the real clock and refuses a variable of that name.
    const template = new Template(`{% set strftime_now = frozen_now %}${source}`);
    return template.render({
      // As transformers calls templates: absent, but defined.
      tools: null,
      documents: null,
      ...variables,
      messages,
      add_generation_prompt: true,
      frozen_now: frozenNow,
    });
  } catch (cause) {
    throw new AssayError(
      'TEMPLATE_INVALID',
      `The chat template cannot be rendered: ${(cause as Error).message}`,
      {
        hint: 'Check chat_template in tokenizer_config.json against the publisher’s file.',
        cause,
      },
    );
  }
}
