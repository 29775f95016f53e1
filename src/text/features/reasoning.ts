import { countWords } from './units.js';

/** Shape of an answer that thinks before it speaks. */
export interface ReasoningStructure {
  /** Words before the answer, and of the answer. */
  readonly reasoningWords: number;
  readonly answerWords: number;
  /** Reasoning over all words, 0–1. */
  readonly share: number;
  /** Turns of thought ("wait", "hmm", "however" …) in the reasoning. */
  readonly turns: number;
  /** Numbered lines, "Step 2", "第三步", "首先" … in reasoning and answer. */
  readonly steps: number;
  /** Answers in \boxed{…}. */
  readonly boxed: number;
}

const OPEN = '<think>';
const CLOSE = '</think>';
/** Two patterns each: one that ignores case for both alphabets takes twenty times as long. */
const TURN =
  /\b(?:wait|hmm+|however|alternatively|actually|hold on|let me (?:re-?check|double[- ]check|reconsider|verify))\b/gi;
const TURN_CHINESE = /等等|等一下|不对|嗯|然而|不过|或者说|换个角度|再想想|重新(?:考虑|检查)|仔细想/g;
const STEP =
  /^[ \t]*(?:\*\*|#+\s*)?(?:step\s+\d+|\d{1,2}[.)、]|\(\d{1,2}\)|first(?:ly)?,|second(?:ly)?,|third(?:ly)?,|finally,)/gim;
const STEP_CHINESE = /^[ \t]*(?:\*\*|#+\s*)?(?:第[一二三四五六七八九十\d]+步|首先|其次|然后|最后)/gm;
const BOXED = /\\boxed\s*\{/gu;

/** Reasoning is what the server gave as such, or else what stands before `</think>`. Null for an empty answer. */
export function reasoningStructure(reply: {
  readonly text: string;
  readonly reasoning: string;
}): ReasoningStructure | null {
  const { reasoning, text } = parted(reply);
  const reasoningWords = countWords(reasoning);
  const answerWords = countWords(text);
  if (reasoningWords + answerWords === 0) return null;
  return {
    reasoningWords,
    answerWords,
    share: reasoningWords / (reasoningWords + answerWords),
    turns: count(reasoning, TURN) + count(reasoning, TURN_CHINESE),
    steps: count(`${reasoning}\n${text}`, STEP) + count(`${reasoning}\n${text}`, STEP_CHINESE),
    boxed: count(text, BOXED),
  };
}

/** An answer that was cut while it was thinking has no `</think>` and is all reasoning. */
export function parted({ text, reasoning }: { readonly text: string; readonly reasoning: string }): {
  readonly reasoning: string;
  readonly text: string;
} {
  if (reasoning !== '') return { reasoning, text };
  const start = text.trimStart();
  const body = start.startsWith(OPEN) ? start.slice(OPEN.length) : start;
  const end = body.indexOf(CLOSE);
  if (end >= 0) return { reasoning: body.slice(0, end), text: body.slice(end + CLOSE.length) };
  return body === start ? { reasoning, text } : { reasoning: body, text: '' };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
