/** A question that any one word answers; models differ in which word they like. */
export interface WordTask {
  readonly id: string;
  readonly en: string;
  readonly zh: string;
}

export type WordLanguage = 'en' | 'zh';

/** In the order in which tiers take them: topics with many likely answers first, since they tell models apart best. */
export const WORD_TASKS: readonly WordTask[] = [
  { id: 'animal', en: 'Think of some animal.', zh: '随便想一种动物。' },
  { id: 'city', en: 'Name any city in the world.', zh: '随便说一座世界上的城市。' },
  { id: 'number', en: 'Choose a whole number from 1 to 100.', zh: '从1到100里随便挑一个整数。' },
  { id: 'word', en: 'Say the first word that comes to mind.', zh: '说出你此刻想到的第一个词。' },
  { id: 'food', en: 'Name something one can eat.', zh: '随便说一样可以吃的东西。' },
  { id: 'name', en: 'Make up a first name for a character.', zh: '给一个人物随便起个名字。' },
  { id: 'object', en: 'Name a thing found in a kitchen drawer.', zh: '说一样厨房抽屉里会有的东西。' },
  { id: 'plant', en: 'Think of a plant.', zh: '随便想一种植物。' },
  { id: 'colour', en: 'Pick a colour.', zh: '随便挑一种颜色。' },
  { id: 'letter', en: 'Pick a letter of the alphabet.', zh: '随便挑一个英文字母。' },
];

const ONE_WORD: Readonly<Record<WordLanguage, string>> = {
  en: 'Reply with that one word and nothing else.',
  zh: '只回答这一个词，不要说别的。',
};

export function wordQuestion(task: WordTask, language: WordLanguage): string {
  return language === 'en' ? `${task.en} ${ONE_WORD.en}` : `${task.zh}${ONE_WORD.zh}`;
}

/** Longest answer kept: beyond this it is no word, and evidence stays small. */
const LONGEST = 24;
/** Where a reply keeps its reasoning in the text, the answer follows the last closing mark. */
const REASONING_END = '</think>';
/** Reasoning that a limit ended holds no answer. */
const REASONING_START = '<think>';
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * The last word of a reply after its reasoning, lower case: models that explain themselves put the answer last. Null when
 * there is none.
 */
export function answerOf(text: string): string | null {
  const end = text.lastIndexOf(REASONING_END);
  const answer = end < 0 ? text : text.slice(end + REASONING_END.length);
  if (answer.includes(REASONING_START)) return null;
  const word = answer.normalize('NFKC').match(WORD)?.at(-1);
  return word === undefined ? null : [...word.toLowerCase()].slice(0, LONGEST).join('');
}
