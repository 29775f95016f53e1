export interface Cost {
  readonly requests: number;
  readonly tokens: number;
}

/** What more evidence of the same candidate would cost. */
export interface Costs {
  /** Probes that a signal needs and the evidence lacks. */
  missing(signal: string): readonly string[];
  /** Of running these probes and those they use, beyond what was spent; nothing where the suite is not known. */
  of(probes: readonly string[]): Cost | undefined;
  /** Of the same audit with the next larger tier of the suite, where that could show more. */
  larger(): (Cost & { readonly tier: string }) | undefined;
}
