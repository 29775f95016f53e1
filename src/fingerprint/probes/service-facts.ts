import type { ChatRequest, Probe, ServiceFacts } from '../../core/types.js';

/** What a service says of itself, and how it refuses a request that no server can fulfil. */
export interface ServiceEvidence extends ServiceFacts {
  readonly refusal: { readonly status: number; readonly message: string } | null;
}

/**
 * No messages: most servers refuse, and one that does not answers with one token. A request for more tokens than any
 * context holds would be refused with the context's length, but a server was seen to start on it and never to stop.
 */
const QUESTION: ChatRequest = { messages: [], maxTokens: 1 };

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
