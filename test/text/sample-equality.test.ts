import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rng, seededRng } from '../../src/core/rng.js';
import type { SampledPrompt } from '../../src/replies/probes/sampled-replies.js';
import { equalityLikelihood } from '../../src/text/equality-likelihood.js';
import { pairSamples } from '../../src/text/paired-samples.js';
import { compareSamples } from '../../src/text/sample-comparison.js';
import sampleEquality from '../../src/text/signals/sample-equality.js';
import { anyText, input, prompt, recorded, scored, skipped, variant } from './sample-texts.js';

const PROBE = 'sampled-replies';
const PROMPTS = ['a', 'b', 'c', 'd', 'e'];

/** Replies that start with one of some openings and go on at random: what sampling at temperature 1 looks like. */
function sampled(
  openings: readonly string[],
  seed: number,
  options: { samples?: number; finish?: string; limit?: number } = {},
): SampledPrompt[] {
  const { samples = 10, finish = 'length', limit = 80 } = options;
  const rng = seededRng(seed);
  return PROMPTS.map((id) =>
    prompt(
      id,
      Array.from({ length: samples }, () => recorded(story(openings, rng).slice(0, limit), { finish })),
    ),
  );
}

function story(openings: readonly string[], rng: Rng): string {
  const letters = Array.from({ length: 100 }, () => 'abcdefgh ijkl'[Math.floor(rng() * 13)]).join('');
  return `${openings[Math.floor(rng() * openings.length)]}${letters}`;
}

const HERS = ['Well, that depends. ', 'It depends on the ', 'There are a few '];
const HIS = ['Certainly! Here is ', 'Great question! The ', 'It depends on the '];
const genuine = sampled(HERS, 1);

describe('sample-equality', () => {
  it('speaks against a version whose replies differ, for two nats at most, and not against one whose replies do not', () => {
    const variants = [variant('full', PROBE, [genuine]), variant('student', PROBE, [sampled(HIS, 2)])];
    const { logLikelihood, n } = scored(sampleEquality.score(input(PROBE, sampled(HERS, 3), variants)));
    expect(logLikelihood.full).toBe(0);
    expect(logLikelihood.student).toBeGreaterThanOrEqual(-2);
    expect(logLikelihood.student).toBeLessThan(-1.9);
    expect(logLikelihood.other).toBe(0);
    expect(n).toBe(50);
  });

  it('takes the nearest of the artifacts of a version', () => {
    const variants = [variant('full', PROBE, [sampled(HIS, 2), genuine])];
    const { logLikelihood } = scored(sampleEquality.score(input(PROBE, sampled(HERS, 3), variants)));
    expect(logLikelihood.full).toBe(0);
  });

  it('says what would decide, unless log-probabilities were given', () => {
    const variants = [variant('full', PROBE, [genuine])];
    const without = input(PROBE, sampled(HERS, 3), variants);
    const labels = (given: typeof without): string[] =>
      scored(sampleEquality.score(given)).details.map(({ label }) => label);
    expect(labels(without)).toContain('what would decide');
    const tokens = [{ text: 'a', bytes: null, id: null, logProb: -1, top: [] }];
    const greedy = [{ ...recorded('a'), tokens, id: 'a', language: 'en', maxTokens: 5 }];
    const given = { ...without, candidate: { ...without.candidate, 'greedy-replies': greedy } };
    expect(labels(given)).not.toContain('what would decide');
  });

  it('is skipped without a reference, and without common prompts', () => {
    expect(skipped(sampleEquality.score(input(PROBE, genuine, [])))).toBe('no reference run sampled replies');
    const elsewhere = [prompt('z', [recorded('a'), recorded('b')])];
    const reason = skipped(
      sampleEquality.score(input(PROBE, elsewhere, [variant('full', PROBE, [genuine])])),
    );
    expect(reason).toBe('no reference run sampled the same prompts');
  });

  it('a cache that replays one reply to each prompt is no sample', () => {
    const replayed = sampled(HIS, 4).map(({ id, replies }) =>
      prompt(
        id,
        replies.map(() => replies[0] ?? recorded('')),
      ),
    );
    const reason = skipped(sampleEquality.score(input(PROBE, replayed, [variant('full', PROBE, [genuine])])));
    expect(reason).toMatch(/^the candidate gave 5 distinct replies to 50 requests/);
  });

  it('a cache that replays half of the replies does not make the genuine model differ', () => {
    const wrong = Array.from({ length: 30 }, (_, i) => {
      const half = sampled(HERS, 100 + i).map(({ id, replies }) =>
        prompt(
          id,
          replies.map((reply, k) => (k % 2 ? (replies[1] ?? reply) : reply)),
        ),
      );
      const result = compareSamples(half, genuine);
      return result.status === 'tested' && result.p <= 0.05;
    });
    expect(wrong.filter(Boolean).length).toBeLessThanOrEqual(5);
  });

  it('a limit that a server ignores, or counts otherwise, is no difference', () => {
    const brief = genuine.map(({ id, replies }) =>
      prompt(
        id,
        replies.map((reply) => ({ ...reply, text: reply.text.slice(0, 30) })),
      ),
    );
    const ignored = sampled(HERS, 12, { finish: 'stop', limit: 100 });
    const usage = { promptTokens: 9, completionTokens: 63, reasoningTokens: null, cachedTokens: null };
    const recounted = sampled(HERS, 13, { limit: 100 }).map(({ id, replies }) =>
      prompt(
        id,
        replies.map((reply) => ({ ...reply, usage })),
      ),
    );
    const sampledShorter = sampled(HERS, 14, { limit: 60 }).map(({ id, replies }) => prompt(id, replies, 40));
    for (const [candidate, reference] of [
      [ignored, brief],
      [recounted, genuine],
      [sampledShorter, genuine],
    ] as const) {
      const result = compareSamples(candidate, reference);
      expect(result).toMatchObject({ status: 'tested', p: expect.toSatisfy((p: number) => p > 0.05) });
    }
  });

  it('the length of replies to one limit tells', () => {
    const terse = sampled(HERS, 15, { limit: 60 });
    expect(compareSamples(terse, genuine)).toMatchObject({ p: expect.toSatisfy((p: number) => p < 0.01) });
  });

  it('stripped spaces and composed characters are no difference', () => {
    const spaced = sampled(HERS, 6).map(({ id, replies }) =>
      prompt(
        id,
        replies.map((reply) => ({ ...reply, text: ` ${reply.text}` })),
      ),
    );
    const result = compareSamples(spaced, genuine);
    expect(result).toMatchObject({ status: 'tested', p: expect.toSatisfy((p: number) => p > 0.05) });
    expect(compareSamples(spaced, genuine)).toMatchObject({
      untrimmedP: expect.toSatisfy((p: number) => p < 0.01),
    });
    const composed = pairSamples([prompt('a', [recorded('e\u0301')])], [prompt('a', [recorded('\u00e9')])]);
    expect(composed).toEqual({ status: 'paired', prompts: [{ first: ['é'], second: ['é'] }] });
  });

  it('hidden reasoning is not held against shown reasoning', () => {
    const thinking = genuine.map(({ id, replies }) =>
      prompt(
        id,
        replies.map((reply) => ({ ...reply, reasoning: 'hm' })),
      ),
    );
    const reason = skipped(sampleEquality.score(input(PROBE, genuine, [variant('full', PROBE, [thinking])])));
    expect(reason).toMatch(/shows its reasoning/);
  });

  it('empty replies are missing, not alike', () => {
    const empty = genuine.map(({ id, replies }) =>
      prompt(
        id,
        replies.map(() => recorded('  ')),
      ),
    );
    const reason = skipped(sampleEquality.score(input(PROBE, empty, [variant('full', PROBE, [genuine])])));
    expect(reason).toMatch(/no prompt has two replies/);
  });

  it('accuses the genuine model as often as stated: 5 % of p-values are below 5 %', () => {
    const p = Array.from({ length: 60 }, (_, i) => {
      const result = compareSamples(
        sampled(HERS, 300 + i, { samples: 5 }),
        sampled(HERS, 900 + i, { samples: 5 }),
      );
      return result.status === 'tested' ? result.p : Number.NaN;
    });
    expect(p.every((value) => value > 0 && value <= 1)).toBe(true);
    expect(p.filter((value) => value <= 0.05).length).toBeLessThanOrEqual(8);
  });

  it('survives any text, as pairs cut to a length that no limit reached where the limits differ', () => {
    const reply = fc.record({
      text: anyText(30),
      finish: fc.constantFrom('stop', 'length', null),
    });
    const replies = fc.array(reply, { maxLength: 5 });
    fc.assert(
      fc.property(replies, replies, (a, b) => {
        const side = (rows: typeof a, maxTokens = 50) => [
          prompt(
            'p',
            rows.map(({ text, finish }) => recorded(text, { finish })),
            maxTokens,
          ),
        ];
        const paired = pairSamples(side(a), side(b, 51));
        if (paired.status !== 'paired') throw new Error(paired.reason);
        const cut = [...a, ...b].filter(
          ({ text, finish }) => finish !== 'stop' && text.normalize('NFC').trim() !== '',
        );
        const horizon = Math.min(...cut.map(({ text }) => [...text.normalize('NFC').trim()].length));
        for (const { first, second } of paired.prompts)
          for (const text of [...first, ...second]) expect([...text].length).toBeLessThanOrEqual(horizon);
        const result = compareSamples(side(a), side(b));
        if (result.status === 'tested') expect(result.p).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});

describe('equalityLikelihood', () => {
  it('rises with p from −2 to 0 and stays there', () => {
    expect(equalityLikelihood(1e-12)).toBeCloseTo(-2, 6);
    expect(equalityLikelihood(0.01)).toBeGreaterThan(equalityLikelihood(0.001));
    expect(equalityLikelihood(0.4)).toBe(0);
    expect(equalityLikelihood(1)).toBe(0);
  });
});
