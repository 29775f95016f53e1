import type { Usage } from '../../core/types.js';
import type { Exchange, ServedRequest } from '../exchange.js';
import type { Json } from '../json.js';
import { invalid, type Refusal } from '../refusal.js';
import type { Dialect, Framing, Patch, Stage, Trait, UsagePlace } from './dialect.js';
import { inlineThinking } from './stages.js';

export const staged =
  (...stages: readonly (() => Stage)[]): Trait =>
  (d) => ({ ...d, stages: [...d.stages, ...stages] });

/** Reasoning in fields of these names. */
export const reasoningIn =
  (...names: readonly string[]): Trait =>
  (d) => ({
    ...d,
    fields: (channel, text) =>
      channel === 'text' ? { content: text } : Object.fromEntries(names.map((name) => [name, text])),
  });

/** OpenRouter: the text twice, once with its kind. */
export const reasoningDetails: Trait = (d) => ({
  ...d,
  fields: (channel, text) =>
    channel === 'text'
      ? { content: text, reasoning: null, reasoning_details: [] }
      : {
          content: '',
          reasoning: text,
          reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }],
        },
  message: (text, reasoning) => ({
    content: text,
    refusal: null,
    reasoning: reasoning === '' ? null : reasoning,
    ...(reasoning === ''
      ? {}
      : { reasoning_details: [{ type: 'reasoning.text', text: reasoning, format: 'unknown', index: 0 }] }),
  }),
});

/** Mistral: content is a list of parts once there is reasoning. */
export const contentParts: Trait = (d) => {
  const thinking = (text: string): Json => ({ type: 'thinking', thinking: [{ type: 'text', text }] });
  return {
    ...d,
    fields: (channel, text) => ({ content: channel === 'text' ? text : [thinking(text)] }),
    message: (text, reasoning) => ({
      content: reasoning === '' ? text : [thinking(reasoning), { type: 'text', text }],
    }),
  };
};

export const rawThinking: Trait = staged(inlineThinking({ open: true }));
export const headlessThinking: Trait = staged(inlineThinking({ open: false }));

/** The field that carries no text is there all the same, as null. */
export const explicitNulls =
  (...names: readonly string[]): Trait =>
  (d) => ({
    ...d,
    fields: (channel, text) => ({
      ...Object.fromEntries(names.map((name) => [name, null])),
      ...d.fields(channel, text),
    }),
  });

export const opening =
  (delta: Json | null): Trait =>
  (d) => ({ ...d, opening: delta });

export const roleInEach: Trait = (d) => ({ ...d, opening: null, roleInEach: true });

export const usageAt =
  (usagePlace: UsagePlace): Trait =>
  (d) => ({ ...d, usagePlace });

/** Only the three totals. */
export const plainUsage: Trait = (d) => ({
  ...d,
  usage: ({ promptTokens, completionTokens }) => ({
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: (promptTokens ?? 0) + (completionTokens ?? 0),
  }),
});

export const moreUsage =
  (more: (usage: Usage) => Json): Trait =>
  (d) => ({ ...d, usage: (usage, exchange) => ({ ...d.usage(usage, exchange), ...more(usage) }) });

/** Counts other than the engine's. */
export const accounting =
  (change: (usage: Usage, exchange: Exchange) => Usage): Trait =>
  (d) => ({ ...d, usage: (usage, exchange) => d.usage(change(usage, exchange), exchange) });

export const patched =
  (patch: Patch): Trait =>
  (d) => ({ ...d, patches: [...d.patches, patch] });

/** Keys that every body has besides the documented ones. */
export const extra = (fields: (exchange: Exchange) => Json): Trait =>
  patched((body, exchange) => ({ ...body, ...fields(exchange) }));

export const fingerprint = (value: string | null): Trait => extra(() => ({ system_fingerprint: value }));

/** Changes to the first choice; bodies without choices stay as they are. */
export const choicePatch = (change: (choice: Json, at: Parameters<Patch>[2]) => Json): Trait =>
  patched((body, _, at) => ({
    ...body,
    choices: (body.choices as readonly Json[]).map((choice) => change(choice, at)),
  }));

const without = (object: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

export const noLogProbsKey: Trait = choicePatch((choice) =>
  choice.logprobs === null ? without(choice, 'logprobs') : choice,
);
export const noFinishReason: Trait = choicePatch((choice) => without(choice, 'finish_reason'));

export const framed =
  (framing: Partial<Framing>): Trait =>
  (d) => ({ ...d, framing: { ...d.framing, ...framing } });

export const headers =
  (fields: Readonly<Record<string, string>>): Trait =>
  (d) => ({ ...d, headers: { ...d.headers, ...fields } });

export const echoesModel: Trait = (d) => ({ ...d, model: (requested, own) => requested ?? own });
export const renamed =
  (rename: (name: string) => string): Trait =>
  (d) => ({ ...d, model: (requested, own) => rename(d.model(requested, own)) });

/** Fields that make the request fail. */
export const refuses =
  (...fields: readonly string[]): Trait =>
  (d) => ({ ...d, refuse: (request) => refusalOf(fields, request) ?? d.refuse(request) });

function refusalOf(fields: readonly string[], { sent }: ServedRequest): Refusal | null {
  const field = fields.find((name) => sent.has(name));
  return field === undefined
    ? null
    : invalid(
        `Unsupported parameter: '${field}' is not supported with this model.`,
        field,
        'unsupported_parameter',
      );
}

const NOT_UNDERSTOOD: Readonly<Record<string, Partial<ServedRequest>>> = {
  logprobs: { topLogProbs: undefined },
  logit_bias: { logitBias: undefined },
  seed: { seed: null },
  stop: { stop: [] },
};

/** Fields that are read and forgotten. */
export const ignores =
  (...fields: readonly (keyof typeof NOT_UNDERSTOOD)[]): Trait =>
  (d) => ({
    ...d,
    understand: (request) =>
      Object.assign({ ...d.understand(request) }, ...fields.map((name) => NOT_UNDERSTOOD[name])),
  });

/** OpenAI's Responses back end behind a chat address. */
export const leastOutput =
  (least: number): Trait =>
  (d) => ({
    ...d,
    refuse: (request) =>
      request.maxTokens !== null && request.maxTokens < least
        ? invalid(
            `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${least}, but got ${request.maxTokens} instead.`,
            'max_output_tokens',
            'integer_below_min_value',
          )
        : d.refuse(request),
  });

export const errors =
  (error: Dialect['error']): Trait =>
  (d) => ({ ...d, error });
