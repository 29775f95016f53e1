import type { LoggedRequest } from '../../core/types.js';

/** Roles whose content every chat template writes as text. */
const ROLES: Readonly<Record<string, string>> = { system: 's', user: 'u', assistant: 'a', prompt: 'p' };
/** Templates of reasoning models drop earlier reasoning, some servers do not, and which one did is not known. */
const REASONING = /<\/?think(?:ing)?>/i;

/** Why the prompt tokens of a request cannot be compared with its texts; undefined when they can. */
export function whyNoPrompt({ messages, extras, promptTokens }: LoggedRequest): string | undefined {
  if (promptTokens === null) return 'no prompt tokens stated';
  if (promptTokens === 0) return 'prompt tokens stated as 0';
  if (extras) return 'tools, images, files or other parts that are not plain text';
  if (messages.some(({ role }) => !Object.hasOwn(ROLES, role)))
    return 'roles other than system, user and assistant';
  if (messages.some(({ role, content }) => role === 'assistant' && REASONING.test(content)))
    return 'reasoning in an earlier turn';
  if (messages.every(({ content }) => content.trim() === '')) return 'no text';
  return undefined;
}

/** Requests of one form have one template overhead: the roles in order, by their first letter. */
export function formOf({ messages }: LoggedRequest): string {
  return messages.map(({ role }) => ROLES[role] ?? '?').join('');
}
