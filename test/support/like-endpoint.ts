import type {
  ChatCapability,
  CompletionsCapability,
  ModelSource,
  Reply,
  ReplyToken,
  TokenChoice,
} from '../../src/core/types.js';

/** Answer completions with the real model behind `source`: a stand-in for its own chat and completions. */
export function completionsOf(source: ModelSource): CompletionsCapability {
  const { tokens, logits } = source.capabilities;
  if (!tokens || !logits) throw new Error('needs tokens and logits');
  const texts = new Map<number, string>();
  const choice = async (id: number, logProb: number | null): Promise<TokenChoice> => {
    const text = texts.get(id) ?? (await tokens.decode([id]));
    texts.set(id, text);
    return { text, bytes: null, id, logProb };
  };
  return {
    complete: async ({ prompt, echo = false, topLogProbs = 0 }) => {
      const ids = await tokens.encode(prompt);
      // The id that follows decides nothing here; its own log-probability is not read.
      const [scored] = await logits.score([[...ids, 0]], [], { top: topLogProbs });
      if (!scored?.top) throw new Error('no top log-probabilities');
      const token = async (at: number, id: number): Promise<ReplyToken> => {
        const top = await Promise.all((scored.top?.[at] ?? []).map(([other, value]) => choice(other, value)));
        return { ...(await choice(id, scored.target[at] ?? null)), top };
      };
      const first = await choice(ids[0] ?? 0, null);
      const all: ReplyToken[] = echo ? [{ ...first, top: [] }] : [];
      for (const [at, id] of [...ids.slice(1), scored.argmax.at(-1) ?? 0].entries())
        if (echo || at === ids.length - 1) all.push(await token(at, id));
      return reply({ tokens: all, promptTokens: ids.length });
    },
  };
}

function reply({ tokens, promptTokens }: { tokens: ReplyToken[]; promptTokens: number }): Reply {
  return {
    text: tokens.map(({ text }) => text).join(''),
    reasoning: '',
    finish: 'length',
    usage: { promptTokens, completionTokens: 1, reasoningTokens: null, cachedTokens: null },
    model: null,
    systemFingerprint: null,
    tokens,
    deltas: [],
    timing: { headersMs: 0, endMs: 0 },
    quirks: [],
  };
}

export type { ChatCapability };
