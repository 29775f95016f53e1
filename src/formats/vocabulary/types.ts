/** How a text is cut before merging; the names of the public tokenizers that cut so. */
export type SplitName = 'deepseek-v3' | 'qwen2' | 'llama-3' | 'cl100k' | 'o200k';

/**
 * Which pairs merge: `listed`, one pair per token, as a Hugging Face file with exactly one merge per token says;
 * `any`, every pair whose text is a token, as in tiktoken, which also takes a piece that is one token unmerged.
 */
export type MergeRule = 'listed' | 'any';

/** First part of a compact vocabulary file, JSON. */
export interface VocabularyHeader {
  readonly id: string;
  /** Where the vocabulary was published, and under which licence. */
  readonly source: string;
  readonly licence: string;
  /** Digest of the file it was made from. */
  readonly sha256: string;
  readonly split: SplitName;
  /** Unicode normalization before cutting; null for none. */
  readonly normalization: 'NFC' | null;
  readonly merges: MergeRule;
  /** Number of ids of the plain vocabulary, specials apart. */
  readonly tokens: number;
  readonly specials: readonly (readonly [id: number, text: string])[];
}

/** A vocabulary in memory: a few typed arrays instead of objects per token. The order of ids is the order of merges. */
export interface Vocabulary {
  readonly header: VocabularyHeader;
  /** Bytes of all tokens, one after another. */
  readonly text: Uint8Array;
  /** Where each token starts in `text`; one more at the end. */
  readonly starts: Uint32Array;
  /** Bytes of the longest token. */
  readonly longest: number;
  /** Length in bytes of the left part of each token's merge; empty where any pair merges. */
  readonly lefts: Uint8Array;
  /** Open-addressing hash of tokens: id + 1, or 0 where free. */
  readonly table: Int32Array;
}
