/** Tokenizers with which gateways are known to recount whatever model is behind them (one-api and its kin). */
export const RECOUNTERS: readonly string[] = ['cl100k', 'o200k'];
