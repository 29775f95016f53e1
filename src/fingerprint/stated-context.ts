/**
 * How servers word the longest context: OpenAI and vLLM, SGLang, llama.cpp, TGI. Limits of the new tokens alone, which
 * operators set for other reasons, match none of them.
 */
const WORDINGS = [
  /maximum context (?:length|window|size)(?: is| of|:)?\s+(\d[\d,_]*)/i,
  /(?:model'?s? )?context (?:length|window|size)(?: is| of|:| \()\s*(\d[\d,_]*)/i,
  /"?n_ctx"?\s*[:=]\s*(\d+)/i,
  /max_model_len\D{0,8}(\d[\d,_]*)/i,
];

/** Numbers below are no context of a model on sale, and those above none at all. */
const LEAST = 128;
const MOST = 100_000_000;

/** The longest context a refusal names, in tokens; null where it names none. */
export function statedContext(message: string): number | null {
  for (const wording of WORDINGS) {
    const match = wording.exec(message);
    const value = Number(match?.[1]?.replace(/[,_]/g, ''));
    if (Number.isSafeInteger(value) && value >= LEAST && value < MOST) return value;
  }
  return null;
}
