import type { AttentionStatistics } from './candidate.js';

/** One prompt: text, which the candidate's tokenizer reads, or token ids, which need no tokenizer. */
export type AttentionPrompt = string | readonly number[];

/** Attention of one prompt; every grid is [layers][heads]. */
export interface AttentionReading extends AttentionStatistics {
  readonly schema: 'attention/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly candidate: { readonly kind: string; readonly label: string };
  readonly layers: number;
  readonly headCount: readonly number[];
  readonly warnings: readonly string[];
}
