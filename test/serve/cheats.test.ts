import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';
import type { AnswerPiece, Engine, EngineRequest } from '../../src/core/types.js';
import { composed } from '../../src/serve/cheats/cheat.js';
import { cheatOf, cheats } from '../../src/serve/cheats/table.js';
import { cutAtTokens, firstTokens } from '../../src/serve/cheats/token-cuts.js';
import { ASKED, codec, REASONING, replayEngine, TEXT } from '../support/replay.js';

const stack = tokenStacks({}).load;
const honest = replayEngine();
const other = replayEngine('Somebody else speaks.');

async function answer(engine: Engine, request: Partial<EngineRequest> = {}) {
  const pieces: AnswerPiece[] = [];
  const end = await engine.answer({ ...ASKED, ...request }, (piece) => pieces.push(piece));
  const said = (channel: string): string =>
    pieces.map((piece) => (piece.channel === channel ? piece.text : '')).join('');
  return { ...end, pieces, text: said('text'), reasoning: said('reasoning') };
}
const cheating = async (...names: string[]): Promise<Engine> =>
  composed(await Promise.all(names.map((name) => cheatOf(name, { stack, other, seed: 1 }))))(honest);

test('without cheats the engine says what the corpus says, in whole characters', async () => {
  const { text, reasoning, finish, usage, pieces } = await answer(honest, { topLogProbs: 0 });
  expect({ text, reasoning, finish }).toEqual({ text: TEXT, reasoning: REASONING, finish: 'stop' });
  const ids = codec.encode(`<think>${REASONING}</think>${TEXT}`, false);
  expect(usage.completionTokens).toBe(ids.length + 1);
  expect(pieces.flatMap(({ tokens }) => tokens.map(({ id }) => id))).toEqual(ids);
  expect(pieces.some(({ text: part }) => part.includes('\uFFFD'))).toBe(false);
});

test('recount: usage as another tokenizer counts it', async () => {
  const { usage, text } = await answer(await cheating('recount=qwen2.5'));
  const { count } = await stack('qwen2.5');
  expect(text).toBe(TEXT);
  expect(usage.completionTokens).toBe(count(REASONING) + count(TEXT));
  expect(usage.promptTokens).toBe(3 + 3 + count('user') + count('How many?'));
});

test('rechunk: chunks end where tokens of the other tokenizer end', async () => {
  const { pieces, text } = await answer(await cheating('rechunk=deepseek-v3'));
  const { ends } = await stack('deepseek-v3');
  expect(text).toBe(TEXT);
  const own = pieces.filter(({ channel }) => channel === 'text').map((piece) => piece.text);
  expect(own).toEqual(cutAtTokens(TEXT, ends));
});

test('recut: the cut is where the other tokenizer would have cut', async () => {
  const { count } = await stack('qwen2.5');
  const cut = await answer(await cheating('recut=qwen2.5'), { maxTokens: 30 });
  expect(cut.finish).toBe('length');
  expect(cut.usage.completionTokens).toBe(30);
  expect(count(cut.reasoning) + count(cut.text)).toBe(30);
  expect((REASONING + TEXT).startsWith(cut.reasoning + cut.text)).toBe(true);
  const plain = await answer(honest, { maxTokens: 30 });
  expect(plain.reasoning + plain.text).not.toBe(cut.reasoning + cut.text);
  expect(await answer(await cheating('recut=qwen2.5'))).toMatchObject({ text: TEXT, finish: 'stop' });
});

test('strip-reasoning, no-logprobs, forge and hidden-prompt', async () => {
  const plain = await answer(honest);
  const stripped = await answer(await cheating('strip-reasoning'));
  expect(stripped).toMatchObject({ text: TEXT, reasoning: '' });
  expect(stripped.usage.completionTokens).toBe(
    (plain.usage.completionTokens ?? 0) - (plain.usage.reasoningTokens ?? 0),
  );
  const bare = await answer(await cheating('no-logprobs'), { topLogProbs: 3 });
  expect(bare.pieces.flatMap(({ tokens }) => tokens)).toEqual([]);
  expect((await cheating('forge=deepseek-r1')).name).toBe('deepseek-r1');
  const hidden = await answer(await cheating('hidden-prompt=Be kind.'));
  const added = codec.encode('<|system|>Be kind.<|end|>', false).length;
  expect(hidden.usage.promptTokens).toBe((plain.usage.promptTokens ?? 0) + added);
});

test('dilute: the share is that of the draw, the same for the same seed', async () => {
  const strangers = async (): Promise<string> => {
    const engine = await cheating('dilute=0.2');
    const said: string[] = [];
    for (let request = 0; request < 200; request++)
      said.push((await answer(engine, { maxTokens: 12 })).reasoning === '' ? 'x' : '.');
    return said.join('');
  };
  const first = await strangers();
  const share = [...first].filter((mark) => mark === 'x').length / 200;
  // Four standard deviations of a binomial of 200.
  expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / 200));
  expect(await strangers()).toBe(first);
});

test('cache: one answer for a prompt; retune: the sampling of the host', async () => {
  const seen: EngineRequest[] = [];
  const counting: Engine = {
    ...honest,
    answer: (request, emit, signal) => {
      seen.push(request);
      return honest.answer(request, emit, signal);
    },
  };
  const parts = { stack, other: null, seed: 0 };
  const cached = (await cheatOf('cache', parts))(counting);
  const [first, second] = [
    await answer(cached, { seed: 1, temperature: 1 }),
    await answer(cached, { seed: 2 }),
  ];
  expect(second).toEqual(first);
  expect(seen).toHaveLength(1);
  await answer((await cheatOf('retune=0.3,0.9', parts))(counting), { temperature: 1 });
  expect(seen.at(-1)).toMatchObject({ temperature: 0.3, topP: 0.9 });
});

test('pad waits, and interrupt fails after what was sent', async () => {
  const started = performance.now();
  const padded = await answer(await cheating('pad=40,1'), { maxTokens: 10 });
  expect(performance.now() - started).toBeGreaterThanOrEqual(39 + padded.pieces.length);
  await expect(answer(await cheating('interrupt=3'))).rejects.toMatchObject({ code: 'ENDPOINT_PROTOCOL' });
});

test('cheats go around each other: spoofed counts of a stripped, forged answer', async () => {
  const engine = await cheating('strip-reasoning', 'recount=llama-3', 'forge=r1');
  const { usage, text } = await answer(engine);
  expect(usage.completionTokens).toBe((await stack('llama-3')).count(text));
  expect(engine.name).toBe('r1');
});

describe('names on the command line', () => {
  test.each(['nonsense', 'constructor', 'recount', 'dilute=2', 'pad=x', 'recount=nobody'])(
    '%s is refused',
    async (name) => {
      await expect(cheatOf(name, { stack, other, seed: 0 })).rejects.toMatchObject({
        code: expect.stringMatching(/^(USAGE|TOKENIZER_MISSING)$/),
      });
    },
  );

  test('cheats of two models need the second', async () => {
    for (const name of ['dilute=0.5', 'replica'])
      await expect(cheatOf(name, { stack, other: null, seed: 0 })).rejects.toMatchObject({ code: 'USAGE' });
    expect(Object.keys(cheats).length).toBeGreaterThanOrEqual(12);
  });
});

test('property: parts cut at token ends are the text, and no part breaks a character', async () => {
  const { ends } = await stack('deepseek-v3');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(20), (text, count) => {
      const whole = cutAtTokens(text, ends).join('') === text;
      return whole && text.startsWith(firstTokens(text, count, ends));
    }),
    { numRuns: 200 },
  );
});
