import type { Usage } from '../../core/types.js';
import type { ChatQuirk } from './quirks.js';
import { count, type JsonObject, object } from './values.js';

/** Token counts as any dialect names them; undefined where the object holds none. */
export function readUsage(
  source: JsonObject | undefined,
  quirk: (code: ChatQuirk) => void,
): Usage | undefined {
  if (source === undefined) return undefined;
  const output = object(source.completion_tokens_details) ?? object(source.output_tokens_details);
  const input = object(source.prompt_tokens_details) ?? object(source.input_tokens_details);
  const first = (...values: readonly (JsonObject[string] | null)[]): number | null => {
    const given = values.find((value) => value !== undefined && value !== null);
    const number = count(given ?? undefined);
    if (number === null && given !== undefined) quirk('USAGE_INVALID');
    return number;
  };
  const usage = {
    promptTokens: first(source.prompt_tokens, source.input_tokens),
    completionTokens: first(source.completion_tokens, source.output_tokens),
    reasoningTokens: first(output?.reasoning_tokens, source.reasoning_tokens),
    cachedTokens: first(
      input?.cached_tokens,
      source.cached_tokens,
      source.prompt_cache_hit_tokens,
      source.cache_read_input_tokens,
    ),
  };
  return usage.promptTokens === null && usage.completionTokens === null ? undefined : usage;
}

/** llama.cpp's times count tokens too; they stand in when there is no usage. */
export function usageOfTimings(timings: JsonObject | undefined): Usage | undefined {
  const prompt = count(timings?.prompt_n);
  const predicted = count(timings?.predicted_n);
  if (prompt === null || predicted === null) return undefined;
  const cached = count(timings?.cache_n);
  return {
    // Builds that do not say what came from the cache leave the prompt's length unknown.
    promptTokens: cached === null ? null : prompt + cached,
    completionTokens: predicted,
    reasoningTokens: null,
    cachedTokens: cached,
  };
}

/** Where usage was found in an event, most trusted first. */
export interface FoundUsage {
  readonly usage: Usage;
  readonly place: 'top' | 'x_groq' | 'choice';
}

export function findUsage(
  event: JsonObject,
  choice: JsonObject | undefined,
  quirk: (code: ChatQuirk) => void,
): FoundUsage | undefined {
  const places = [
    ['top', event.usage],
    ['x_groq', object(event.x_groq)?.usage],
    ['choice', choice?.usage],
  ] as const;
  for (const [place, value] of places) {
    const usage = readUsage(object(value), quirk);
    if (usage !== undefined) return { usage, place };
  }
  return undefined;
}
