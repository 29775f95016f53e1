import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/core/errors.js';
import { seededRng } from '../../src/core/rng.js';
import type {
  Capabilities,
  CompletionRequest,
  ProbeContext,
  Reply,
  ReplyToken,
  SuiteText,
} from '../../src/core/types.js';
import { distributionCloseness } from '../../src/fingerprint/distributions/closeness.js';
import { type Paired, pairTop } from '../../src/fingerprint/distributions/compare.js';
import { planContexts } from '../../src/fingerprint/distributions/contexts.js';
import { readTop } from '../../src/fingerprint/distributions/read-top.js';
import type { Distribution } from '../../src/fingerprint/distributions/types.js';
import tokenDistributions from '../../src/fingerprint/probes/token-distributions.js';
import { readSuite } from '../../src/profile/suite.js';
import { tokenReader } from '../../src/replies/token-text.js';

const suite = readSuite(readFileSync('suites/prompts.yaml', 'utf8'), 'quick', 'test');

const spelled = (text: string, bytes: number[] | null = null): { text: string; bytes: number[] | null } => ({
  text,
  bytes,
});

describe('texts of tokens', () => {
  const utf8 = (text: string): number[] => [...Buffer.from(text)];

  it.each([
    ['plain', [' the', '\n', 'é'], [' the', '\n', 'é']],
    ['the byte alphabet of GPT-2', ['Ġthe', 'Ċ', 'Ã©', 'ä½ł'], [' the', '\n', 'é', '你']],
    ['pieces', ['▁the', 'é', '▁▁'], [' the', 'é', '  ']],
    ['parts of characters', ['Ġa', 'Ã'], [' a', null]],
    ['escapes', ['bytes:\\xe4\\xbd', 'a'], [null, 'a']],
    ['replacement characters', ['\u{fffd}', ' b'], [null, ' b']],
  ])('%s', (_, texts, expected) => {
    const tokens = texts.map((text) => spelled(text));
    const read = tokenReader(tokens);
    expect(tokens.map(read)).toEqual(expected);
  });

  it('bytes outrank the text beside them', () => {
    const tokens = [spelled('Ġthe', utf8(' the')), spelled('?', [0xe4, 0xbd])];
    const read = tokenReader(tokens);
    expect(tokens.map(read)).toEqual([' the', null]);
  });
});

describe('contexts', () => {
  it('of a larger budget include those of a smaller one, and end words', () => {
    const all = planContexts(suite.texts, 96);
    expect(all).toHaveLength(96);
    expect(planContexts(suite.texts, 12)).toEqual(all.slice(0, 12));
    expect(new Set(all.slice(0, 8).map(({ passage }) => passage.id)).size).toBe(8);
    for (const { passage, offset } of all) {
      expect(passage.text.slice(0, offset)).toMatch(/[\p{L}\p{N}]$/u);
      expect(passage.text.slice(offset)).toMatch(/^[^\p{L}\p{N}]/u);
    }
  });

  it('are no more than the text has, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.nat(40), (text, count) => {
        const planned = planContexts([{ id: 'x', language: 'en', text }], count);
        expect(new Set(planned.map(({ id }) => id)).size).toBe(planned.length);
        expect(planned.every(({ offset }) => Buffer.byteLength(text.slice(0, offset)) <= 404)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

const choice = (text: string, logProb: number | null) => ({ text, bytes: null, id: null, logProb });
const listed = (...top: [string, number][]): ReplyToken => ({
  ...choice(top[0]?.[0] ?? '', top[0]?.[1] ?? 0),
  top: top.map(([text, logProb]) => choice(text, logProb)),
});
const plain = tokenReader([]);

describe('a list of alternatives', () => {
  it('is cut where values stand for minus infinity', () => {
    expect(readTop(listed(['a', -0.1], ['b', -9999], ['c', -100]), plain)).toEqual({
      top: [['a', -0.1]],
      cut: true,
    });
  });

  it('bounds nothing by a sampled token that was put at its end', () => {
    const token = { ...choice('z', -14), top: listed(['a', -0.1], ['b', -3], ['z', -14]).top };
    expect(readTop(token, plain).top).toEqual([
      ['a', -0.1],
      ['b', -3],
    ]);
  });

  const context = (top: [string, number][], cut?: true): Distribution => ({
    id: 'x@1',
    before: null,
    top,
    ...(cut ? { cut } : {}),
  });

  it('bounds what it lacks by its last value, and nothing where it was cut', () => {
    const a = context([
      ['a', -1],
      ['b', -2],
    ]);
    const b = context([
      ['a', -1],
      ['c', -3],
    ]);
    // b lacks "b": −2 against at most −3; a lacks "c": −3 against at most −2, which may be equal.
    expect(pairTop(a, b)?.distance).toBeCloseTo((0 + 1 + 0) / 3, 12);
    expect(pairTop(a, context([['a', -1]], true))?.distance).toBe(0);
  });

  it('is compared over as many tokens as the shorter has', () => {
    const long = context([
      ['a', -0.5],
      ['b', -1.5],
      ['c', -2],
      ['d', -2.5],
    ]);
    const short = context([
      ['a', -0.6],
      ['c', -1.4],
    ]);
    // First two of each: a, b and c. b is bounded by the short list's last, −1.4.
    expect(pairTop(long, short)?.distance).toBeCloseTo((0.1 + 0 + 0.6) / 3, 12);
  });

  it('compares equal to itself, and alike in both directions', () => {
    const lists = fc.uniqueArray(
      fc.tuple(fc.string({ minLength: 1 }), fc.double({ min: -20, max: 0, noNaN: true })),
      {
        minLength: 1,
        maxLength: 20,
        selector: ([text]) => text,
      },
    );
    const sorted = lists.map((list) => context(list.sort((x, y) => y[1] - x[1])));
    fc.assert(
      fc.property(sorted, sorted, (a, b) => {
        expect(pairTop(a, a)?.distance).toBe(0);
        expect(pairTop(a, b)?.distance).toBeCloseTo(pairTop(b, a)?.distance ?? Number.NaN, 12);
      }),
    );
  });
});

describe('a sampler between', () => {
  const rng = seededRng(7);
  const truth = Array.from({ length: 40 }, () =>
    Array.from({ length: 20 }, (_, i) => [`t${i}`, -Math.log(20) - 4 * rng()] as [string, number]).sort(
      (a, b) => b[1] - a[1],
    ),
  );
  const context = (top: [string, number][]): Distribution => ({ id: '', before: null, top });
  const against = (change: (list: [string, number][]) => [string, number][]): Paired[] =>
    truth.flatMap((list) => pairTop(context(change(list)), context(list)) ?? []);

  it.each([0.3, 0.7, 1.3])('of temperature %f is undone', (temperature) => {
    const found = distributionCloseness(
      against((list) => {
        const scaled = list.map(([text, value]): [string, number] => [text, value / temperature]);
        const z = Math.log(scaled.reduce((sum, [, value]) => sum + Math.exp(value), 0));
        return scaled.map(([text, value]) => [text, value - z]);
      }),
      0,
    );
    expect(Math.exp(found?.value ?? 0)).toBeCloseTo(5e-4, 6);
    expect(found?.how).toBe(`undoing a sampler of temperature ${temperature.toFixed(2)}`);
  });

  it('leaves logarithms to base 2 or 10 readable', () => {
    for (const base of [2, 10]) {
      const found = distributionCloseness(
        against((list) => list.map(([text, value]) => [text, value / Math.log(base)])),
        0,
      );
      expect(Math.exp(found?.value ?? 0)).toBeCloseTo(5e-4, 6);
    }
  });

  it('is no excuse for another model', () => {
    const found = distributionCloseness(
      against((list) => list.map(([text, value]): [string, number] => [text, value + 0.8 * (rng() - 0.5)])),
      0,
    );
    expect(Math.exp(found?.value ?? 0)).toBeGreaterThan(0.15);
    expect(found?.how).toBeUndefined();
  });
});

describe('the probe', () => {
  const texts: SuiteText[] = [...suite.texts];
  const context: ProbeContext = {
    suite: { ...suite, texts },
    seed: 0,
    rng: seededRng(0),
    progress: () => undefined,
    warn: () => undefined,
    enough: () => false,
    // biome-ignore lint/suspicious/noExplicitAny: the rest of the context is not read
  } as any;
  const reply = (tokens: ReplyToken[] | null, promptTokens: number): Reply => ({
    text: '',
    reasoning: '',
    finish: 'length',
    usage: { promptTokens, completionTokens: 1, reasoningTokens: null, cachedTokens: null },
    model: null,
    systemFingerprint: null,
    tokens,
    deltas: [],
    timing: { headersMs: 0, endMs: 0 },
    quirks: [],
  });
  const run = async (complete: (request: CompletionRequest) => Reply) => {
    const requests: CompletionRequest[] = [];
    const capabilities = {
      completions: {
        complete: async (request: CompletionRequest) => {
          requests.push(request);
          return complete(request);
        },
      },
    } as unknown as Capabilities;
    const data = await tokenDistributions.collect(capabilities, context);
    return { data, requests };
  };
  const refuse = (): never => {
    throw new AssayError('ENDPOINT_UNSUPPORTED', 'refused');
  };
  const answer = listed(['a', -0.2], ['b', -2]);

  it('asks for as many alternatives as a server allows, one request a context', async () => {
    const { data, requests } = await run(({ echo, topLogProbs = 0 }) =>
      echo || topLogProbs > 5 ? refuse() : reply([answer], 9),
    );
    expect(data).toMatchObject({ how: 'single' });
    expect(data.contexts).toHaveLength(12);
    expect(data.contexts[0]).toEqual({
      id: expect.any(String),
      before: 9,
      top: [
        ['a', -0.2],
        ['b', -2],
      ],
    });
    expect(requests.length).toBeLessThan(20);
    expect(requests.at(-1)).toMatchObject({ maxTokens: 1, temperature: 1, topLogProbs: 5 });
  });

  it('reads whole passages where a server repeats them, marks of the begin counted', async () => {
    const { data, requests } = await run(({ prompt }) => {
      const words = prompt.match(/ ?[^ ]+| /g) ?? [];
      const tokens = words.map((text) => ({ ...answer, ...choice(text, -1) }));
      return reply([{ ...choice('<s>', null), top: [] }, ...tokens, answer], tokens.length + 1);
    });
    expect(data.how).toBe('echo');
    expect(requests).toHaveLength(8);
    expect(data.contexts.length).toBeGreaterThan(40);
    for (const { id, before } of data.contexts.filter(({ id }) => id.startsWith('prose-'))) {
      const [passage, offset] = id.split('@');
      const text = texts.find((each) => each.id === passage)?.text.slice(0, Number(offset)) ?? '';
      expect(before).toBe((text.match(/ ?[^ ]+| /g) ?? []).length + 1);
    }
  });

  it.each([
    ['refuses log-probabilities', refuse],
    ['leaves them out', () => reply(null, 9)],
  ])('is unavailable where a server %s', async (_, complete) => {
    await expect(run(complete)).rejects.toMatchObject({ code: 'ENDPOINT_UNSUPPORTED' });
  });

  it('asks for more tokens where a server refuses to give one', async () => {
    const { data, requests } = await run(({ maxTokens }) => {
      if (maxTokens >= 16) return reply([answer, answer], 9);
      throw new AssayError('ENDPOINT_STATUS', 'too few', { fault: 'HTTP_400' });
    });
    expect(data).toMatchObject({ how: 'single' });
    expect(requests).toHaveLength(14);
  });

  it('fails where a server fails', async () => {
    const broken = (): never => {
      throw new AssayError('ENDPOINT_TIMEOUT', 'no answer');
    };
    await expect(run(broken)).rejects.toMatchObject({ code: 'ENDPOINT_TIMEOUT' });
  });
});
