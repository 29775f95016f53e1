/** Tokenizers with which gateways are known to recount whatever model is behind them (one-api and its kin). */
const TOKENIZERS: readonly string[] = ['cl100k', 'o200k'];

const characters = (text: string): number => [...text].length;
const bytes = (text: string): number => Buffer.byteLength(text);

/** Rules of thumb that stand in for a tokenizer. On texts of one language they run beside real ones. */
export const RULES: Readonly<Record<string, (text: string) => number>> = {
  'characters/4': (text) => Math.ceil(characters(text) / 4),
  'characters/3': (text) => Math.ceil(characters(text) / 3),
  'bytes/4': (text) => Math.ceil(bytes(text) / 4),
  'bytes/3': (text) => Math.ceil(bytes(text) / 3),
  'words/0.75': (text) => Math.ceil(text.split(/\s+/u).filter(Boolean).length / 0.75),
};

/** Counters of gateways: what they say tells nothing of the model. */
export const RECOUNTERS: readonly string[] = [...TOKENIZERS, ...Object.keys(RULES)];
