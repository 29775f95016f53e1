/** What each group of evidence would need, when it is missing and the case is open. */
type Missing = Readonly<Record<string, string>>;

const DELIVERY: Missing = {
  identity: 'The publisher’s SHA-256 digests of these exact files: equal digests prove the version.',
  'log-probabilities':
    'Log-probabilities of the suite’s passages: a runnable model with logits, its tokenizer.json, and references with the same tokenizer.',
  lineage:
    'The weight matrices: they show which public model they derive from, where the profile holds its fingerprint.',
  architecture: 'Layer and head counts from the graph or a matching config.json.',
  precision: 'A model file whose weight matrices can be read.',
};

const ENDPOINT: Missing = {
  'token-counts':
    'Prompt tokens in `usage`, counted by the model’s own tokenizer, here or in a log of ordinary requests (--log).',
  'token-boundaries': 'Replies cut at max_tokens with their reasoning shown, or a stream of single tokens.',
  'log-probabilities':
    'Log-probabilities beside a trusted reference: an endpoint that returns them, and --variant ID:KIND=FOLDER or another endpoint that is known to serve the version. Token counts show a tokenizer only, which sibling versions share.',
  signature: 'Answers signed with a key of the publisher that the profile lists.',
};

const LOG: Missing = {
  'token-counts':
    'More text-only requests with `usage`: twelve messages of 300 characters tell tokenizers apart.',
  'log-probabilities':
    'An audit of the endpoint itself: a log shows which tokenizer counted, not which weights answered.',
};

const BY_KIND: Readonly<Record<string, Missing>> = { endpoint: ENDPOINT, log: LOG };

/** Groups that did not speak of a candidate of this kind, and what each would need to. */
export function silentGroups(
  candidateKind: string,
  spoke: readonly string[],
): { readonly group: string; readonly sentence: string }[] {
  return Object.entries(BY_KIND[candidateKind] ?? DELIVERY).flatMap(([group, sentence]) =>
    spoke.includes(group) ? [] : [{ group, sentence }],
  );
}

/** What tells a version from others that what was audited cannot tell from it. */
export function beyondTwins(twins: readonly string[], claim: string, candidateKind: string): string[] {
  if (twins.length === 0) return [];
  const names = twins.map((id) => `"${id}"`).join(', ');
  return [
    candidateKind === 'endpoint' || candidateKind === 'log'
      ? `More than token counts: the tokenizer of "${claim}" is also that of ${names}. Behaviour beside a reference tells them apart.`
      : `More than shapes: those of "${claim}" are also those of ${names}. Digests, the weights themselves or behaviour tell them apart.`,
  ];
}
