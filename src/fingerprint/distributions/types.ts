/** Most probable next tokens after one context. */
export interface Distribution {
  readonly id: string;
  /** Tokens the server counts before it; null where it does not say. */
  readonly before: number | null;
  /** Text and natural-log probability, most probable first. */
  readonly top: readonly (readonly [text: string, logProb: number])[];
  /** More tokens may be as probable as the last listed: some of the list could not be read. */
  readonly cut?: true;
}

export interface TokenDistributions {
  /** Whole passages scored in one request each, or one request per context. */
  readonly how: 'echo' | 'single';
  readonly contexts: readonly Distribution[];
}
