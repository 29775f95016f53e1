/** A public tokenizer: vocabulary, merges and pre-tokenization, without chat template. */
export interface TokenStack {
  /** `deepseek-v3`, `qwen2.5`, `llama-3`, `o200k`, `cl100k`, or the name of a tokenizer the auditor brought. */
  readonly id: string;
  /** Tokens of a text as plain text: markup of special tokens is text too. */
  count(text: string): number;
  /** Tokens of a text in which special tokens are recognised, as servers that do not sanitise count it. */
  countSpecial(text: string): number;
  /** Where each token ends, in UTF-8 bytes of the text; of Qwen's, of the text in NFC. */
  ends(text: string): Uint32Array;
  /** Bytes of a token; undefined outside of the vocabulary. */
  bytes(id: number): Uint8Array | undefined;
  /** Ids in [from, to) whose text is one ASCII word, optionally after a space. */
  words(from: number, to: number): readonly number[];
}

export interface TokenStacksCapability {
  /** Ids of the stacks that can be loaded. */
  readonly ids: readonly string[];
  /** Loaded once and kept. */
  load(id: string): Promise<TokenStack>;
}

/** One request of the buyer's own log. */
export interface LoggedRequest {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Tools, images and whatever else adds tokens that messages do not show. */
  readonly extras: boolean;
  readonly model: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string | null;
  readonly maxTokens: number | null;
}

export interface RequestLogCapability {
  /** In order; lines that are no request are counted in `skipped`, by reason. */
  read(): Promise<{
    readonly requests: readonly LoggedRequest[];
    readonly skipped: Readonly<Record<string, number>>;
  }>;
}
