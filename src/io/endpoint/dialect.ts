import type { ServerError } from '../../formats/chat/server-error.js';

/** What one server was found to refuse, so that it is asked only once. */
export interface Dialect {
  streamOptions: boolean;
  seed: boolean;
  maxCompletionTokens: boolean;
  /** Most alternatives per token it reports. */
  maxTop: number;
  /** Codes of what was changed. */
  readonly quirks: string[];
}

export function openDialect(): Dialect {
  return {
    streamOptions: true,
    seed: true,
    maxCompletionTokens: false,
    maxTop: Number.MAX_SAFE_INTEGER,
    quirks: [],
  };
}

/** Alternatives that every server with log-probabilities gives; some give no more. */
const COMMON_TOP = 5;
/** Statuses with which servers refuse a parameter; llama.cpp has used 500 and 501. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 405, 415, 422, 500, 501]);

/** What was sent that a server may lack, by the name it would use; longest names first, as some contain others. */
const NAMES = [
  'max_completion_tokens',
  'stream_options',
  'include_usage',
  'top_logprobs',
  'logit_bias',
  'logprobs',
  'log_probs',
  'echo',
  'seed',
  'temperature',
  'top_p',
] as const;
export type Parameter = (typeof NAMES)[number];

/** The parameter a refusal names, of those that were sent or that it asks for instead. */
export function refusedParameter(
  status: number,
  error: ServerError | undefined,
  body: string,
): Parameter | undefined {
  if (!REFUSALS.has(status) || error === undefined) return undefined;
  const named = NAMES.filter((name) => new RegExp(`(?<![a-z_])${name}(?![a-z])`).test(error.parameters));
  return named.find(
    (name) => name === 'max_completion_tokens' || body.includes(`"${name}":`) || name === 'log_probs',
  );
}

/** Change the dialect so that the request may succeed; false where nothing is left to change. */
export function adapt(
  dialect: Dialect,
  refused: Parameter,
  asked: { readonly topLogProbs?: number },
): boolean {
  const change = (quirk: string, apply: () => void): boolean => {
    if (dialect.quirks.includes(quirk)) return false;
    dialect.quirks.push(quirk);
    apply();
    return true;
  };
  switch (refused) {
    case 'stream_options':
    case 'include_usage':
      return change('STREAM_OPTIONS_REFUSED', () => {
        dialect.streamOptions = false;
      });
    case 'max_completion_tokens':
      return change('MAX_COMPLETION_TOKENS', () => {
        dialect.maxCompletionTokens = true;
      });
    case 'seed':
      return change('SEED_REFUSED', () => {
        dialect.seed = false;
      });
    case 'top_logprobs':
    case 'logprobs':
      if ((asked.topLogProbs ?? 0) <= COMMON_TOP) return false;
      return change('TOP_LOGPROBS_FEW', () => {
        dialect.maxTop = COMMON_TOP;
      });
    default:
      return false;
  }
}
