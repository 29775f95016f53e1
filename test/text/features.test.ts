import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TextFeatures, textFeatures } from '../../src/text/features/features.js';
import { parted, reasoningStructure } from '../../src/text/features/reasoning.js';

/** Written by scripts/golden/features.py, an implementation of its own on numpy and scipy. */
const golden: {
  readonly cases: readonly {
    readonly name: string;
    readonly text: string;
    readonly expected: Readonly<Record<keyof TextFeatures, number | null>>;
  }[];
} = JSON.parse(readFileSync(new URL('../../fixtures/golden/features.json', import.meta.url), 'utf8'));

describe('features of text', () => {
  it.each(golden.cases)('agree with an independent implementation: $name', ({ text, expected }) => {
    const actual = textFeatures(text);
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, value] of Object.entries(expected)) {
      const found = actual[key as keyof TextFeatures];
      if (value === null || found === null) expect([key, found]).toEqual([key, value]);
      else expect(Math.abs(found - value), `${key}: ${found} and ${value}`).toBeLessThan(1e-10);
    }
  });

  it('stay in range and never throw, whatever a model writes', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\ud800',
        '.',
        '..',
        '。',
        '\n',
        '等等',
        'Mr.',
        ' ',
        '\u0301',
        '-',
        '</think>',
        'wait, ',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const features = textFeatures(text);
        for (const key of ['distinct-1', 'rep-4', 'hdd', 'driftStep', 'driftWhole'] as const) {
          const value = features[key];
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(-1e-12);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(features.sentences).toBeLessThanOrEqual(features.words);
        expect(Object.values(features).every((value) => value === null || Number.isFinite(value))).toBe(true);
        const structure = reasoningStructure({ text, reasoning: '' });
        if (structure) expect(structure.share).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('take less time than 20 times 100 ms for 100 texts of 2,000 characters, on one of many shared cores', () => {
    const [english = '', chinese = ''] = ['random prose', 'chinese'].map(
      (name) => golden.cases.find((row) => row.name === name)?.text ?? '',
    );
    const texts = Array.from({ length: 100 }, (_, i) =>
      (i % 2 ? english : chinese).repeat(20).slice(i, i + 2000),
    );
    const spent = [1, 2, 3].map(() => {
      const started = performance.now();
      for (const text of texts) {
        textFeatures(text);
        reasoningStructure({ text, reasoning: text });
      }
      return performance.now() - started;
    });
    // Measured alone: 25 ms English, 70 ms Chinese. Quadratic work would take seconds.
    expect(Math.min(...spent)).toBeLessThan(2000);
  });

  it('cost no more than linear time on text made to be slow', () => {
    for (const text of [
      '\n',
      '. ',
      ".'",
      '.',
      '1.\n',
      "a'",
      'Wait ',
      '等',
      '<think>',
      '\u0301',
      'Mr. ',
      ' \t',
    ]) {
      const started = performance.now();
      const long = text.repeat(200_000 / text.length);
      textFeatures(long);
      reasoningStructure({ text: long, reasoning: '' });
      expect(performance.now() - started, JSON.stringify(text)).toBeLessThan(2000);
    }
  });
});

describe('structure of reasoning', () => {
  it('counts turns, steps and boxed answers in English and Chinese', () => {
    const english = {
      reasoning: 'Hmm, 17 is prime. Wait, what about 15? However, 15 = 3 × 5. Let me double-check.',
      text: 'Step 1: factor 15.\n2. Factor 17.\nThe answer is \\boxed{17}.',
    };
    expect(reasoningStructure(english)).toEqual({
      reasoningWords: 15,
      answerWords: 12,
      share: 15 / 27,
      turns: 4,
      steps: 2,
      boxed: 1,
    });
    const chinese = { reasoning: '嗯，先看十五。等等，不对！', text: '首先分解。\n第二步：验证。' };
    expect(reasoningStructure(chinese)).toMatchObject({ reasoningWords: 9, turns: 3, steps: 2, boxed: 0 });
  });

  it('finds reasoning under its own name, before </think> with and without the opening tag, and cut short', () => {
    expect(parted({ reasoning: 'a', text: 'b' })).toEqual({ reasoning: 'a', text: 'b' });
    expect(parted({ reasoning: '', text: '<think>a</think>b' })).toEqual({ reasoning: 'a', text: 'b' });
    expect(parted({ reasoning: '', text: 'a</think>b' })).toEqual({ reasoning: 'a', text: 'b' });
    expect(parted({ reasoning: '', text: '\n<think>a' })).toEqual({ reasoning: 'a', text: '' });
    expect(parted({ reasoning: '', text: 'b' })).toEqual({ reasoning: '', text: 'b' });
    expect(reasoningStructure({ reasoning: '', text: ' \n' })).toBeNull();
  });
});
