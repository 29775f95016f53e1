import { describe, expect, it } from 'vitest';
import type { Measured, Signal, SignalResult, VariantView } from '../../src/core/types.js';
import type { RecordedReply } from '../../src/replies/record.js';
import diversity from '../../src/text/signals/diversity.js';
import reasoningStructure from '../../src/text/signals/reasoning-structure.js';
import replyRepetition from '../../src/text/signals/reply-repetition.js';
import sentenceStructure from '../../src/text/signals/sentence-structure.js';
import topicDrift from '../../src/text/signals/topic-drift.js';
import { weigh } from '../../src/verdict/weigh.js';
import { recorded } from '../support/replies.js';

const SIGNALS = [replyRepetition, diversity, sentenceStructure, topicDrift, reasoningStructure];

const LOOP = 'the lamp was lit again, and '.repeat(20);
const PROSE =
  'At nine the assistant reported that the gallery door would not close against it, and the two of us secured it ' +
  'with a spare chain from the boat store. A steamer was seen to the north; she stood well clear of the reef! Nobody ' +
  'spoke. Coal, flour, oil: everything ran short before Christmas, yet the kitchen fire kept burning until morning. ';
const CHINESE =
  '苹果园的工人今天把苹果摘完了。水果店的老板等了一天，也没有等到卖家的电话；天气预报说明天下雨。'.repeat(4);

type Data = Readonly<Record<string, unknown>>;

/** Both probes' evidence of a model that says `text` to everything. */
function says(text: string, given: Partial<RecordedReply> = {}, prompts = 5): Data {
  const ids = Array.from({ length: prompts }, (_, i) => `p${i}`);
  const reply = recorded({ text, ...given });
  return {
    'greedy-replies': ids.map((id) => ({ id, language: 'en', maxTokens: 64, ...reply })),
    'sampled-replies': ids.map((id) => ({ id, language: 'en', replies: [reply, reply, reply] })),
  };
}

const variant = (id: string, data: Data): VariantView => ({
  id,
  kind: id === 'full' ? 'full' : 'distilled',
  facts: {},
  digests: [],
  runs: [{ artifact: id, data }],
});

const run = (signal: Signal, candidate: Data, variants: readonly VariantView[]) =>
  signal.score({ candidate, variants, strangers: [] });

function scored(signal: Signal, candidate: Data, variants: readonly VariantView[]): Measured {
  const result = run(signal, candidate, variants);
  if (result.status !== 'scored') throw new Error(`${signal.id}: ${result.reason}`);
  return result;
}

describe('signals of text', () => {
  it.each([replyRepetition, diversity, sentenceStructure])(
    '$id prefers the reference that is alike',
    (signal) => {
      const variants = [variant('full', says(PROSE.repeat(2))), variant('student', says(LOOP))];
      for (const [id, text] of [
        ['full', PROSE.repeat(2)],
        ['student', LOOP],
      ] as const) {
        const { logLikelihood } = scored(signal, says(text), variants);
        const best = Object.entries(logLikelihood).sort((a, b) => b[1] - a[1])[0]?.[0];
        expect(best).toBe(id);
      }
    },
  );

  it('together never move the odds by more than half a nat', () => {
    const variants = [variant('full', says(PROSE.repeat(2))), variant('student', says(LOOP))];
    const results = SIGNALS.map((signal): SignalResult => {
      const { id, title, group, spoofing } = signal;
      return { id, title, group, spoofing, ...run(signal, says(LOOP), variants) };
    });
    expect(new Set(results.map(({ group }) => group))).toEqual(new Set(['text']));
    const { total } = weigh(results, { full: 0.5, student: 0.25, other: 0.25 });
    const values = Object.values(total);
    expect(Math.max(...values) - Math.min(...values)).toBeLessThanOrEqual(0.5 + 1e-12);
    expect(total.student).toBeGreaterThan(total.full ?? 0);
  });

  it('see no difference where only the length differs: another tokenizer writes more in one budget', () => {
    const once = (text: string): Data => ({
      ...says(text),
      'sampled-replies': ['p0', 'p1', 'p2'].map((id) => ({
        id,
        language: 'en',
        replies: [recorded({ text })],
      })),
    });
    const long = PROSE.repeat(4);
    const short = long.split(' ').slice(0, 120).join(' ');
    for (const signal of [replyRepetition, diversity, sentenceStructure, topicDrift]) {
      const { observed, expected } = scored(signal, once(short), [variant('full', once(long))]);
      expect([signal.id, expected.full]).toEqual([signal.id, observed]);
    }
  });

  it('are skipped, and say why, where replies are few, short, or of another channel', () => {
    const full = [variant('full', says(PROSE))];
    const missing = 'no reference answered three prompts the candidate answered';
    for (const signal of SIGNALS.filter(({ id }) => id !== 'reasoning-structure')) {
      expect(run(signal, says(PROSE, {}, 2), full)).toEqual({ status: 'skipped', reason: missing });
      expect(run(signal, says('Yes.'), full)).toEqual({ status: 'skipped', reason: missing });
      expect(run(signal, says('', { reasoning: PROSE }), full)).toEqual({
        status: 'skipped',
        reason: missing,
      });
      expect(run(signal, says(PROSE), [])).toEqual({ status: 'skipped', reason: missing });
    }
    expect(run(diversity, says('eight words are enough to be a text'.slice(0, 33)), full).status).toBe(
      'skipped',
    );
  });

  it('read Chinese by characters', () => {
    const variants = [variant('full', says(CHINESE)), variant('student', says('苹果，苹果，'.repeat(30)))];
    for (const signal of [replyRepetition, diversity, sentenceStructure]) {
      const { logLikelihood } = scored(signal, says(CHINESE), variants);
      expect(logLikelihood.full).toBeGreaterThan(logLikelihood.student ?? 0);
    }
  });

  it('believe less of few prompts', () => {
    const texts = [PROSE, LOOP, PROSE.slice(60), LOOP.slice(7), PROSE.slice(120)];
    const mixed = (count: number): Data => ({
      'greedy-replies': Array.from({ length: count }, (_, i) => ({
        id: `p${i}`,
        language: 'en',
        maxTokens: 64,
        ...recorded({ text: texts[i % texts.length] ?? '' }),
      })),
    });
    const apart = (count: number): number => {
      const variants = [variant('full', says(PROSE, {}, count)), variant('student', says(LOOP, {}, count))];
      const { full = 0, student = 0 } = scored(replyRepetition, mixed(count), variants).logLikelihood;
      return Math.abs(full - student);
    };
    expect(apart(5)).toBeLessThan(apart(40));
  });
});

describe('structure of reasoning', () => {
  it('is shown and weighs nothing', () => {
    const thinking = says('It is \\boxed{4}.', { reasoning: 'Hmm, two and two. Wait, four.' });
    const result = scored(reasoningStructure, thinking, []);
    expect(result.logLikelihood).toEqual({});
    expect(result.observed).toBe('5 of 5 replies reason aloud, 33.3 turns in 100 words');
    expect(result.details).toContainEqual({
      type: 'number',
      label: 'boxed answers, median',
      value: 1,
      unit: '',
    });
    expect(run(reasoningStructure, says(PROSE), []).status).toBe('skipped');
  });

  it('says how many replies were cut while thinking', () => {
    const result = scored(reasoningStructure, says('<think>Hmm, let me see'), []);
    expect(result.details[0]).toEqual({ type: 'number', label: 'replies cut while thinking', value: 5 });
  });
});
