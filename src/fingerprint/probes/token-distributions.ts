import { AssayError, isAssayError } from '../../core/errors.js';
import type { CompletionRequest, Probe, ProbeContext, Reply, Suite } from '../../core/types.js';
import { tokenReader } from '../../replies/token-text.js';
import { withLogProbs } from '../../replies/with-log-probs.js';
import { MIN_CONTEXTS } from '../distributions/compare.js';
import { planContexts } from '../distributions/contexts.js';
import { readEcho } from '../distributions/read-echo.js';
import { readTop } from '../distributions/read-top.js';
import type { Distribution, TokenDistributions } from '../distributions/types.js';

/** Contexts of a tier: a request each, or, where one request scores a whole passage, as many as it holds of these. */
const COUNT: Readonly<Record<Suite['tier'], { readonly single: number; readonly echo: number }>> = {
  quick: { single: 12, echo: 96 },
  standard: { single: 60, echo: 192 },
  deep: { single: 300, echo: 300 },
};
/** Tokens of a prefix in a byte-level vocabulary of English, about. */
const PREFIX_TOKENS = 60;

type Ask = (request: CompletionRequest) => Promise<Reply | null>;

/**
 * Most probable next tokens after prefixes of the suite's passages, asked as raw text, so that no template and no
 * hidden prompt stands before them. Temperature 1, since some servers state probabilities after it was applied.
 */
const tokenDistributions: Probe<TokenDistributions> = {
  id: 'token-distributions',
  version: 1,
  requires: ['completions'],
  beside: 'needed',
  cost: ({ tier }) => ({ requests: COUNT[tier].single, tokens: COUNT[tier].single * PREFIX_TOKENS }),
  collect: async ({ completions }, context) => {
    // Each its own: a server that refuses to echo says no more about log-probabilities than that.
    const ask = (): Ask => withLogProbs<CompletionRequest>((request) => completions.complete(request));
    return (await echoed(ask(), context)) ?? (await singly(ask(), context));
  },
};
export default tokenDistributions;

const ONE_TOKEN = { maxTokens: 1, temperature: 1, topP: 1, seed: 0, stream: false } as const;

/** Null where the server does not repeat the prompt with its probabilities. */
async function echoed(
  ask: Ask,
  { suite, progress, enough }: ProbeContext,
): Promise<TokenDistributions | null> {
  const planned = planContexts(suite.texts, COUNT[suite.tier].echo);
  const contexts: Distribution[] = [];
  for (const [index, passage] of suite.texts.entries()) {
    const wanted = planned.filter((context) => context.passage === passage);
    if (wanted.length === 0) continue;
    const prompt = passage.text.slice(0, 1 + Math.max(...wanted.map(({ offset }) => offset)));
    const reply = await ask({ prompt, echo: true, ...ONE_TOKEN }).catch(unlessBroken);
    // One token is the answer alone: the server did not echo.
    if (!reply?.tokens || reply.tokens.length < 2) return null;
    contexts.push(...readEcho(reply.tokens, prompt, wanted, reply.usage?.promptTokens));
    progress(index + 1, suite.texts.length);
    if (enough({ how: 'echo', contexts })) break;
  }
  return contexts.length < MIN_CONTEXTS ? null : { how: 'echo', contexts };
}

/** Servers refuse to echo in many ways, with 500 among them; whether completions work at all shows without it. */
function unlessBroken(error: unknown): null {
  if (isAssayError(error, 'ENDPOINT_STATUS') || isAssayError(error, 'ENDPOINT_UNSUPPORTED')) return null;
  throw error;
}

async function singly(ask: Ask, { suite, progress, enough }: ProbeContext): Promise<TokenDistributions> {
  const short = shortest(ask);
  const planned = planContexts(suite.texts, COUNT[suite.tier].single);
  const contexts: Distribution[] = [];
  for (const { id, passage, offset } of planned) {
    const prompt = passage.text.slice(0, offset);
    const reply = await short({ prompt, ...ONE_TOKEN });
    const [token] = reply?.tokens ?? [];
    if (!reply || !token || token.top.length === 0) throw silent();
    const before = reply.usage?.promptTokens ?? null;
    contexts.push({ id, before, ...readTop(token, tokenReader([token, ...token.top])) });
    progress(contexts.length, planned.length);
    if (enough({ how: 'single', contexts })) break;
  }
  return { how: 'single', contexts };
}

/** Fewest tokens that OpenAI's newer servers generate. */
const SOME_TOKENS = 16;

/** One token is enough and costs least; a server that refuses so few is asked for more, of which the first is read. */
function shortest(ask: Ask): Ask {
  let least: number | undefined;
  return async (request) => {
    try {
      const reply = await ask({ ...request, maxTokens: least ?? request.maxTokens });
      least ??= request.maxTokens;
      return reply;
    } catch (error) {
      if (least !== undefined || !isAssayError(error, 'ENDPOINT_STATUS')) throw error;
      least = SOME_TOKENS;
      return ask({ ...request, maxTokens: least });
    }
  };
}

function silent(): AssayError {
  return new AssayError('ENDPOINT_UNSUPPORTED', 'The server gives no log-probabilities with completions.', {
    hint: 'Ask the vendor for "logprobs" with /completions: many servers can switch it on.',
  });
}
