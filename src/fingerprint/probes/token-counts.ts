import { isAssayError } from '../../core/errors.js';
import type { ChatCapability, Probe, Reply, Suite, TokenStack } from '../../core/types.js';
import { settledStack } from '../token-counts/settled.js';
import {
  type CountedText,
  EVEN,
  type Leaning,
  leaningAgainst,
  plainText,
  tellingText,
} from '../token-counts/texts.js';

/** One message and what the service reported for it. */
export interface CountedRequest extends CountedText {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly cachedTokens: number | null;
  readonly model: string | null;
  readonly quirks: readonly string[];
}

export interface TokenCounts {
  /** Stacks under which every text was counted. */
  readonly stacks: readonly string[];
  /** Longest answer asked for: some servers refuse a single token. */
  readonly maxTokens: number;
  readonly requests: readonly CountedRequest[];
  /** Requests without an answer, by error code. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Three requests tell a whole substitution; among 150, a share of 2 % shows at least once with probability 0.952. */
const REQUESTS: Readonly<Record<Suite['tier'], number>> = { quick: 3, standard: 30, deep: 150 };
/** Tokens of a telling text under every stack: three requests with a template of 30 tokens each stay below 600. */
const TEXT_TOKENS = 220;
const TEMPLATE_TOKENS = 30;
/** Requests before texts lean against the stack that fits. */
const SETTLING = 3;
/** Answers without usage after which asking on is a waste. */
const SILENT = 3;
const MAX_FAILURES = 3;
/** Earlier texts from which a new one is to differ. */
const COMPARED = 3;
/** Servers that follow OpenAI's newer interface refuse fewer. */
const MORE_TOKENS = 16;

/** Tokens a service reports for fresh texts that public tokenizers count differently. */
const tokenCounts: Probe<TokenCounts> = {
  id: 'token-counts',
  version: 1,
  requires: ['chat', 'stacks'],
  beside: 'useful',
  cost: ({ tier }) => ({
    requests: REQUESTS[tier],
    tokens: REQUESTS[tier] * (TEXT_TOKENS + TEMPLATE_TOKENS + 1),
  }),
  collect: async ({ chat, stacks: available }, { suite, rng, signal, progress }) => {
    const stacks: TokenStack[] = [];
    for (const id of available.ids) stacks.push(await available.load(id));
    const asker = askerOf(chat);
    const requests: CountedRequest[] = [];
    const failures: Record<string, number> = {};
    let failed = 0;
    let leaning: Leaning = EVEN;
    for (let sent = 0; sent < REQUESTS[suite.tier]; sent++) {
      signal?.throwIfAborted();
      if (requests.length === SETTLING && leaning === EVEN) {
        const settled = settledStack(requests);
        if (settled !== undefined) leaning = leaningAgainst(settled, stacks, rng);
      }
      const earlier = leaning === EVEN ? requests.slice(-COMPARED) : [];
      const drawn =
        sent === 0
          ? plainText(stacks, rng)
          : tellingText(stacks, rng, { limit: TEXT_TOKENS, leaning, earlier });
      try {
        requests.push(recorded(drawn, await asker.ask(drawn.text)));
      } catch (error) {
        if (requests.length === 0 || !isAssayError(error)) throw error;
        failures[error.code] = (failures[error.code] ?? 0) + 1;
        if (++failed > MAX_FAILURES) break;
      }
      progress(sent + 1, REQUESTS[suite.tier]);
      if (requests.length >= SILENT && requests.every(({ promptTokens }) => promptTokens === null)) break;
    }
    return { stacks: stacks.map(({ id }) => id), maxTokens: asker.maxTokens(), requests, failures };
  },
};
export default tokenCounts;

function recorded(drawn: CountedText, { usage, model, quirks }: Reply): CountedRequest {
  return {
    ...drawn,
    promptTokens: usage?.promptTokens ?? null,
    completionTokens: usage?.completionTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    model,
    quirks,
  };
}

/** Ask for one token, or for a few where the first request shows that one is refused. */
function askerOf(chat: ChatCapability): { ask(text: string): Promise<Reply>; maxTokens(): number } {
  let maxTokens = 1;
  let accepted = false;
  const send = (text: string): Promise<Reply> =>
    chat.reply({ messages: [{ role: 'user', content: text }], maxTokens, temperature: 0, stream: false });
  return {
    maxTokens: () => maxTokens,
    ask: async (text) => {
      try {
        return await send(text);
      } catch (error) {
        const refused = isAssayError(error, 'ENDPOINT_UNSUPPORTED') || isAssayError(error, 'ENDPOINT_STATUS');
        if (accepted || !refused || maxTokens > 1) throw error;
        maxTokens = MORE_TOKENS;
        return await send(text);
      } finally {
        accepted = true;
      }
    },
  };
}
