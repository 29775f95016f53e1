/** Tokens by which two models are put side by side. */
export interface AnchorEvidence {
  /** By string they are the same tokens in any vocabulary; by id only where both models have the same one. */
  readonly by: 'string' | 'id';
  readonly ids: readonly number[];
  /** Strings with the tokenizer's own space marker made a space; empty for anchors by id. */
  readonly strings: readonly string[];
  /** How many of them, from the first, span the frame of attention. */
  readonly framed: number;
  /** Upper triangle of the Gram matrix of the framed embeddings, float32, base64. */
  readonly gram: string;
}

/** One of the matrices of an MLP, as seen from a neuron. */
export type NeuronView = 'gate' | 'up' | 'down';
/** What attention reads from the residual stream. */
export type FrameView = 'query' | 'key';

/** One MLP, or one expert, and the attention of its layer. */
export interface BlockEvidence {
  readonly layer: number;
  readonly expert: number | 'shared' | null;
  /** Neurons the block has. */
  readonly width: number;
  /** Positions of the chosen neurons, largest product of norms first. */
  readonly neurons: readonly number[];
  /** Per view, a row per neuron: 4-bit inner products with the anchors of all sets, rows scaled alike; base64. */
  readonly views: Readonly<Partial<Record<NeuronView, string>>>;
  /** Per set of anchors and view, the upper triangle of the Gram matrix in the frame of the anchors, float16, base64; empty beyond the first blocks. */
  readonly frames: readonly Readonly<Partial<Record<FrameView, string>>>[];
}

/** Weights as stored, at places that follow from the shape alone. */
export interface RowEvidence {
  readonly role: string;
  readonly layer: number | null;
  readonly expert: number | 'shared' | null;
  readonly rows: number;
  readonly columns: number;
  /** Runs of `run` neighbours, float16, base64. */
  readonly run: number;
  readonly values: string;
}

/** Enough of a model's weights to tell relatives from strangers without them. */
export interface LineageEvidence {
  readonly hidden: number;
  readonly layers: number;
  readonly vocabulary: number;
  readonly anchors: readonly AnchorEvidence[];
  readonly blocks: readonly BlockEvidence[];
  readonly rows: readonly RowEvidence[];
  /** Weights read that were NaN or infinite, taken as 0. */
  readonly nonFinite: number;
}
