/** GPT-2's printable stand-ins for bytes, by character. */
function byteOfCharacter() {
  const map = new Map();
  let shifted = 0;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    map.set(String.fromCodePoint(printable ? byte : 256 + shifted++), byte);
  }
  return map;
}

/** Vocabulary, merges and special tokens of a byte-level tokenizer.json. Throws where its order says more than ids do. */
export function fromHuggingFace({ model, added_tokens: added }) {
  const bytes = byteOfCharacter();
  const special = new Set(added.map(({ content }) => content));
  const tokens = [];
  for (const [text, id] of Object.entries(model.vocab)) {
    tokens[id] = special.has(text)
      ? Buffer.alloc(0)
      : Buffer.from([...text].map((character) => bytes.get(character)));
  }
  for (let id = 0; id < tokens.length; id++) tokens[id] ??= Buffer.alloc(0);
  const merges = model.merges.map((merge) => (Array.isArray(merge) ? merge : merge.split(' ')));
  const ids = merges.map(([left, right]) => model.vocab[left + right]);
  if (ids.some((id, at) => id === undefined || id < (ids[at - 1] ?? 0)))
    throw new Error('merges do not follow the order of ids');
  const listed = new Set(ids).size === ids.length;
  if (listed === model.ignore_merges) throw new Error('merges are neither one per token nor any');
  const lefts = Buffer.alloc(tokens.length);
  if (listed) for (const [at, [left]] of merges.entries()) lefts[ids[at]] = [...left].length;
  return {
    merges: listed ? 'listed' : 'any',
    tokens,
    lefts,
    specials: added.map(({ id, content }) => [id, content]),
  };
}
