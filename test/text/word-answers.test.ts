import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import type { WordAnswers } from '../../src/text/probes/word-answers.js';
import wordAnswers from '../../src/text/signals/word-answers.js';
import { compareWords } from '../../src/text/word-comparison.js';
import { answerOf, WORD_TASKS, wordQuestion } from '../../src/text/word-tasks.js';
import { anyText, input, scored, skipped, variant } from './sample-texts.js';

const PROBE = 'word-answers';
const TASKS = ['animal', 'city', 'number', 'word'];

function drawn(weights: Readonly<Record<string, number>>, seed: number, samples = 10): WordAnswers[] {
  const rng = seededRng(seed);
  const urn = Object.entries(weights).flatMap(([word, weight]) => Array<string>(weight).fill(word));
  return TASKS.map((task) => ({
    task,
    language: 'en',
    answers: Array.from({ length: samples }, () => urn[Math.floor(rng() * urn.length)] ?? null),
  }));
}

const HERS = { fox: 5, otter: 3, owl: 2 };
const HIS = { dog: 6, cat: 2, owl: 2 };

describe('word-answers', () => {
  it('speaks against a version that likes other words, for two nats at most', () => {
    const variants = [variant('full', PROBE, [drawn(HERS, 1)]), variant('student', PROBE, [drawn(HIS, 2)])];
    const { logLikelihood, n } = scored(wordAnswers.score(input(PROBE, drawn(HERS, 3), variants)));
    expect(logLikelihood.student).toBeGreaterThanOrEqual(-2);
    expect(logLikelihood.student).toBeLessThan(-1.9);
    expect(logLikelihood.full).toBeGreaterThan(-1);
    expect(n).toBe(40);
  });

  it('is skipped where nothing was asked, nobody was asked the same, or one word comes again and again', () => {
    const variants = [variant('full', PROBE, [drawn(HERS, 1)])];
    expect(skipped(wordAnswers.score(input(PROBE, [], variants)))).toBe(
      'this tier asks no one-word questions',
    );
    expect(skipped(wordAnswers.score(input(PROBE, drawn(HERS, 1), [])))).toBe(
      'no reference run has one-word answers',
    );
    const nothing = drawn(HERS, 1).map((row) => ({ ...row, answers: row.answers.map(() => null) }));
    expect(skipped(wordAnswers.score(input(PROBE, nothing, variants)))).toMatch(/^no question has answers/);
    expect(skipped(wordAnswers.score(input(PROBE, drawn({ dog: 1 }, 1), variants)))).toMatch(
      /^the candidate repeats/,
    );
  });

  it('p is conservative or uniform under equality: 60 comparisons', () => {
    const low = Array.from({ length: 60 }, (_, i) => {
      const result = compareWords(drawn(HERS, 500 + i, 6), drawn(HERS, 900 + i, 6));
      return result.status === 'tested' && result.p <= 0.05;
    });
    expect(low.filter(Boolean).length).toBeLessThanOrEqual(8);
  });

  it('the divergence of equal counts is 0 and p is 1', () => {
    expect(compareWords(drawn(HERS, 7), drawn(HERS, 7))).toMatchObject({
      status: 'tested',
      divergence: 0,
      p: 1,
    });
  });
});

describe('answerOf', () => {
  it.each([
    ['Otter', 'otter'],
    ['**Otter**.', 'otter'],
    ['I would say: Lisbon!', 'lisbon'],
    ['<think>Maybe a cat?</think>\n\nDog', 'dog'],
    ['水獭。', '水獭'],
    ['４２', '42'],
    ['caf\u00e9', 'café'],
  ])('%j answers %j', (text, word) => {
    expect(answerOf(text)).toBe(word);
  });

  it.each([[''], ['…'], ['<think>Maybe a cat, or'], ['<think>cat</think>'], ['\u0000\u001b']])(
    '%j answers nothing',
    (text) => {
      expect(answerOf(text)).toBeNull();
    },
  );

  it('gives a short lower-case word or nothing for any text', () => {
    fc.assert(
      fc.property(anyText(60), (text) => {
        const word = answerOf(text);
        if (word !== null) {
          expect([...word].length).toBeLessThanOrEqual(24);
          expect(word).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
        }
      }),
    );
  });
});

describe('questions', () => {
  it('are all different and end with what a reply should be', () => {
    const all = WORD_TASKS.flatMap((task) => [wordQuestion(task, 'en'), wordQuestion(task, 'zh')]);
    expect(new Set(all).size).toBe(20);
    for (const question of all) expect(question).toMatch(/nothing else\.$|不要说别的。$/);
  });
});
