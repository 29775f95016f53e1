const COPY: Readonly<Record<string, string>> = {
  quantized: 'a quantized copy of',
  distilled: 'a student of',
  altered: 'an altered copy of',
};

/** A hypothesis in words: a version of the profile, a copy that a version implies, or none of them. */
export function hypothesisName(id: string): string {
  const [, change = '', origin] = /^other\/(\w+) (.+)$/.exec(id) ?? [];
  if (origin !== undefined) return `${COPY[change] ?? `a ${change} copy of`} "${origin}"`;
  return id === 'other' ? 'a model that is none of the profiled versions' : `"${id}"`;
}
