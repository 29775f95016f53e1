import type { ChatRequest, Probe, ServiceFacts } from '../../core/types.js';

/** What a service says of itself, and how it refuses a request that no server can fulfil. */
export interface ServiceEvidence extends ServiceFacts {
  readonly refusal: { readonly status: number; readonly message: string } | null;
}

/** Beyond any context, and within 32 bits. Servers that do not mind are hung up on before they write. */
const IMPOSSIBLE_TOKENS = 100_000_000;
const QUESTION: ChatRequest = {
  messages: [{ role: 'user', content: 'Say ok.' }],
  maxTokens: IMPOSSIBLE_TOKENS,
};

/** Gathers claims of the operator, for corroboration only. */
const serviceFacts: Probe<ServiceEvidence> = {
  id: 'service-facts',
  version: 1,
  requires: ['service'],
  cost: () => ({ requests: 2, tokens: 16 }),
  collect: async ({ service }, { progress }) => {
    const facts = await service.describe();
    progress(1, 2);
    return { ...facts, refusal: await service.refusal(QUESTION) };
  },
};
export default serviceFacts;
