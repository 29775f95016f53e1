/** Attention with heads of one size: multi-head, grouped or multi-query. */
export interface GroupedAttention {
  readonly kind: 'grouped';
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** Query, key and value are one matrix, as in phi3 and gpt2. */
  readonly fused: boolean;
  readonly bias: 'none' | 'qkv' | 'all';
  /** Queries and keys are normalized per head. */
  readonly qkNorm: boolean;
}

/** Multi-head latent attention of DeepSeek-V2 and V3. */
export interface LatentAttention {
  readonly kind: 'latent';
  readonly heads: number;
  /** Null where queries are not compressed, as in V2-Lite. */
  readonly queryRank: number | null;
  readonly keyValueRank: number;
  readonly nope: number;
  readonly rope: number;
  readonly value: number;
}

export interface DenseBlock {
  readonly width: number;
  readonly gated: boolean;
  /** Gate and up are one matrix, as in phi3. */
  readonly fused: boolean;
  readonly bias: boolean;
}

export interface ExpertBlock {
  readonly count: number;
  /** Used by one token; null where nobody states it. */
  readonly active: number | null;
  readonly width: number;
  /** Width of all shared experts together; 0 for none. */
  readonly sharedWidth: number;
  readonly sharedGate: boolean;
  /** Leading layers without experts. */
  readonly denseLayers: number;
  readonly routerBias: boolean;
}

/** Everything the tensors of a transformer follow from. */
export interface ArchitectureShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly tied: boolean;
  readonly attention: GroupedAttention | LatentAttention;
  /** Absent where every layer has experts. */
  readonly dense?: DenseBlock;
  readonly experts?: ExpertBlock;
  readonly norms: { readonly perLayer: 2 | 4; readonly bias: boolean; readonly final: boolean };
  /** Rows of tables beside the one of tokens: learned positions, token types. */
  readonly positions: number;
  readonly types: number;
  readonly embeddingNorm: boolean;
  /** Dense layer over the first token, as in BERT. */
  readonly pooler: boolean;
  /** Layers behind the stack that predict further tokens (MTP). */
  readonly predictors: number;
}
