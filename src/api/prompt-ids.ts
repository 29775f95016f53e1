import { AssayError, isAssayError } from '../core/errors.js';
import type { AttentionPrompt, ModelSource } from '../core/types.js';

/** A prompt as the model will see it. `where` begins the messages about it. */
export interface PromptIds {
  readonly ids: readonly number[];
  readonly fromText: boolean;
  readonly where: string;
}

/** One prompt, or a list of them: a list of numbers alone is one prompt of token ids. */
export function isSeveral(
  prompt: AttentionPrompt | readonly AttentionPrompt[],
): prompt is readonly AttentionPrompt[] {
  return Array.isArray(prompt) && prompt.some((item) => typeof item !== 'number');
}

/** What can be told of a prompt without a model. Throws USAGE. */
export function checkPrompt(prompt: unknown, where: string): asserts prompt is AttentionPrompt {
  if (typeof prompt === 'string') return;
  if (!Array.isArray(prompt))
    throw unusable(`${where} is neither text nor a list of token ids.`, 'Give a string or numbers.');
  if (prompt.length === 0) throw unusable(`${where} is empty.`, 'Give text, or token ids like 1,2,3.');
  for (let position = 0; position < prompt.length; position++) {
    const id: unknown = prompt[position];
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw unusable(
        `${where} has the token id ${shown(id)} at position ${position}; ids are whole numbers from 0.`,
        'Give the ids that the tokenizer makes of the text.',
      );
  }
}

/** Token ids of a prompt that the candidate can take. Throws USAGE, and what its tokenizer throws. */
export async function promptIds(
  { capabilities, kind, maxPositions }: ModelSource,
  prompt: AttentionPrompt,
  where: string,
): Promise<PromptIds> {
  const fromText = typeof prompt === 'string';
  const { tokens } = capabilities;
  if (fromText && !tokens)
    throw new AssayError('CANDIDATE_UNSUPPORTED', `${kind} candidates cannot read text.`, {
      hint: 'Give token ids.',
    });
  const ids = typeof prompt === 'string' ? ((await tokens?.encode(prompt)) ?? []) : prompt;
  if (ids.length < 2)
    throw unusable(
      `${where} has ${ids.length === 1 ? 'one token' : 'no tokens'}; attention over fewer than two says nothing.`,
      'Give a longer prompt.',
    );
  if (maxPositions !== undefined && ids.length > maxPositions)
    throw unusable(
      `${where} has ${ids.length} tokens; the model has ${maxPositions} positions.`,
      'Give a shorter prompt. Nothing was cut off, because that would be another prompt.',
    );
  return { ids, fromText, where };
}

/**
 * Why a run failed: a token id beyond the embedding is a fault of the prompt, not of the graph. Only asked after
 * the failure, since a graph may hold its embedding in several tables, or limit the ids by itself.
 */
export async function explainRun(error: unknown, source: ModelSource, prompt: PromptIds): Promise<unknown> {
  if (!isAssayError(error, 'MODEL_RUN_FAILED')) return error;
  const structure = await source.capabilities.weights?.structure().catch(() => undefined);
  const rows = structure?.embedding?.[0];
  const position = rows === undefined ? -1 : prompt.ids.findIndex((id) => id >= rows);
  if (rows === undefined || position < 0) return error;
  const message = `${prompt.where} has the token id ${prompt.ids[position]} at position ${position}; the model's embedding has ${rows} rows, for the ids 0 to ${rows - 1}.`;
  return prompt.fromText
    ? new AssayError('TOKENIZER_INVALID', message, {
        hint: 'The id comes from tokenizer.json: it belongs to another model.',
        cause: error,
      })
    : new AssayError('USAGE', message, { hint: 'Give ids of this model’s vocabulary.', cause: error });
}

function shown(id: unknown): string {
  return typeof id === 'number' ? String(id) : typeof id;
}

function unusable(message: string, hint: string): AssayError {
  return new AssayError('USAGE', message, { hint });
}
