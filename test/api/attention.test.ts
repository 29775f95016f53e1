import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type AttentionReading, attention, attentionRenderers, type ProgressEvent } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { model } from '../support/fixtures.js';
import { candidate, scratch } from '../support/hostile-candidates.js';

const FULL = model('quill/full-1');
const BARE = model('quill/full-1/onnx/model.onnx');
const fault = (work: Promise<unknown>): Promise<{ code?: string; message?: string; hint?: string }> =>
  work.then(
    () => ({ code: 'resolved' }),
    (error: Error & { code?: string; hint?: string }) => error,
  );

describe('attention of one prompt', () => {
  it('gives grids of one shape, with what was measured and by what', async () => {
    const reading = await attention(FULL, [5, 6, 7, 8, 9]);
    expect(reading).toMatchObject({
      schema: 'attention/1',
      tool: { name: 'model-assay' },
      candidate: { kind: 'onnx', label: 'full-1' },
      tokens: 5,
      layers: 4,
      headCount: [8, 8, 8, 8],
    });
    expect(reading.sites.map(({ kind, heads }) => [kind, heads])).toEqual(Array(4).fill(['self', 8]));
    for (const key of ['entropyBits', 'normalizedEntropy', 'firstTokenMass', 'meanDistance'] as const)
      expect(reading[key].map((layer) => layer.length)).toEqual(reading.headCount);
  });

  it('reads text and the ids of that text alike', async () => {
    const [text, again] = await attention(FULL, ['the cat', 'the cat']);
    expect(again).toEqual(text);
    expect(text?.tokens).toBeGreaterThan(1);
  });

  it('takes as many tokens as the model has positions', async () => {
    const ids = Array.from({ length: 512 }, (_, index) => index);
    expect((await attention(FULL, ids)).tokens).toBe(512);
  });
});

describe('attention of several prompts', () => {
  it('gives what each gives alone, in order, text and ids mixed', async () => {
    const both = await attention(FULL, [[5, 6, 7], 'the cat sat', [5, 6, 7, 8]]);
    const alone = [await attention(FULL, [5, 6, 7]), await attention(FULL, 'the cat sat')];
    expect(both.slice(0, 2)).toEqual(alone);
    expect(both[2]?.tokens).toBe(4);
  });

  it('gives a list for a list of one', async () => {
    const readings: AttentionReading[] = await attention(BARE, [[5, 6, 7]]);
    expect(readings.map(({ tokens }) => tokens)).toEqual([3]);
  });

  it('tells how far it is', async () => {
    const events: ProgressEvent[] = [];
    await attention(
      BARE,
      [
        [5, 6],
        [7, 8],
      ],
      { onProgress: (event) => events.push(event) },
    );
    expect(events.map(({ type }) => type)).toEqual([
      'probe-start',
      'probe-progress',
      'probe-progress',
      'probe-progress',
      'probe-end',
    ]);
    expect(events[3]).toMatchObject({ done: 2, total: 2 });
  });

  it('names the prompt that cannot be measured before any is', async () => {
    const events: ProgressEvent[] = [];
    const options = { onProgress: (event: ProgressEvent) => events.push(event) };
    expect(await fault(attention(FULL, [[5, 6], 'the cat', [7]], options))).toMatchObject({
      code: 'USAGE',
      message: 'Prompt 3 of 3 has one token; attention over fewer than two says nothing.',
    });
    expect(events.at(-1)).toMatchObject({ type: 'probe-end', status: 'failed' });
    expect(events.filter(({ type }) => type === 'probe-progress')).toHaveLength(1);
  });
});

describe('a prompt that cannot be measured', () => {
  it.each<[string, unknown, string]>([
    ['nothing', [], 'The prompt is empty.'],
    ['an empty list among others', [[1, 2], []], 'Prompt 2 of 2 is empty.'],
    ['one token', [5], 'The prompt has one token; attention over fewer than two says nothing.'],
    ['no text', '', 'The prompt has '],
    [
      'a negative id',
      [5, -6, 7],
      'The prompt has the token id -6 at position 1; ids are whole numbers from 0.',
    ],
    ['half an id', [0.5, 1], 'the token id 0.5 at position 0'],
    ['no number', [1, Number.NaN], 'the token id NaN at position 1'],
    ['an endless id', [1, 2 ** 53], `the token id ${2 ** 53} at position 1`],
    ['ids as text', [['1', '2']], 'Prompt 1 of 1 has the token id string at position 0'],
    ['a gap', [[1, 2], null], 'Prompt 2 of 2 is neither text nor a list of token ids.'],
    ['an object', { ids: [1, 2] }, 'The prompt is neither text nor a list of token ids.'],
    ['nothing at all', undefined, 'The prompt is neither text nor a list of token ids.'],
    [
      'an id beyond the vocabulary',
      [5, 1024, 9],
      "The prompt has the token id 1024 at position 1; the model's embedding has 1024 rows, for the ids 0 to 1023.",
    ],
    [
      'more tokens than positions',
      Array.from({ length: 513 }, () => 5),
      'The prompt has 513 tokens; the model has 512 positions.',
    ],
    ['a long text', 'the cat '.repeat(600), ' tokens; the model has 512 positions.'],
  ])('is refused with its reason: %s', async (_, prompt, message) => {
    const error = await fault(attention(FULL, prompt as string));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it('is a fault of the delivery when its tokenizer gives an id without an embedding', async () => {
    const folder = candidate({}, 'quill/full-1');
    cpSync(model('folio/full-1/tokenizer.json'), join(folder, 'tokenizer.json'));
    // A tokenizer of another model with fewer tokens still runs: ids are only names of rows.
    expect((await attention(folder, 'the cat sat')).layers).toBe(4);
    const small = candidate({}, 'folio/full-1-attn');
    cpSync(model('quill/full-1/tokenizer.json'), join(small, 'tokenizer.json'));
    const text =
      'Whenever somebody considered everything together, nothing remained particularly surprising.';
    expect(await fault(attention(small, text))).toMatchObject({
      code: 'TOKENIZER_INVALID',
      message: expect.stringMatching(/the token id \d+ at position \d+; the model's embedding has 768 rows/),
    });
  });

  it('needs a tokenizer for text, and none for ids', async () => {
    expect(await fault(attention(BARE, 'the cat'))).toMatchObject({ code: 'TOKENIZER_MISSING' });
    expect((await attention(BARE, [1, 2])).layers).toBe(4);
  });
});

describe('a candidate that cannot be measured', () => {
  it.each([
    ['is missing', 'does/not/exist', 'CANDIDATE_NOT_FOUND'],
    ['is empty', scratch(), 'CANDIDATE_EMPTY'],
    ['is an endpoint', 'https://host/v1#m', 'CANDIDATE_UNSUPPORTED'],
  ])('%s', async (_, path, code) => {
    expect((await fault(attention(path, [1, 2]))).code).toBe(code);
  });
});

describe('an interruption', () => {
  it('before the start opens nothing', async () => {
    const signal = AbortSignal.abort();
    expect((await fault(attention('does/not/exist', [1, 2], { signal }))).code).toBe('ABORTED');
  });

  it('between two prompts stops the rest', async () => {
    const controller = new AbortController();
    const prompts = Array.from({ length: 50 }, () => [1, 2, 3]);
    const measured: number[] = [];
    const work = attention(BARE, prompts, {
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type !== 'probe-progress' || event.done === 0) return;
        measured.push(event.done);
        controller.abort();
      },
    });
    expect((await fault(work)).code).toBe('ABORTED');
    expect(measured).toEqual([1]);
  });
});

describe('renderers', () => {
  it('are exported, and take what attention gives', async () => {
    const reading = await attention(FULL, 'the cat sat on the mat');
    expect(attentionRenderers.terminal(reading)).toContain('4 self-attention layers with 8 heads');
    expect(attentionRenderers.html(reading)).toContain('<svg');
    expect(JSON.parse(attentionRenderers.json(reading))).toMatchObject({ schema: 'attention/1', layers: 4 });
  });
});
