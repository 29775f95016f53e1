import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../../src/core/errors.js';
import { finish, readReply, stream } from '../../support/read-reply.js';

const delta = fc.oneof(
  fc.record({
    content: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('<think>', '</think>\n', null, '😀')),
  }),
  fc.record({ reasoning_content: fc.string({ unit: 'grapheme' }), content: fc.constant(null) }),
  fc.record({ reasoning: fc.string(), reasoning_details: fc.constant([]) }),
);
const body = fc
  .tuple(fc.array(delta, { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
  .map(([deltas, lineEnd, named]) =>
    (named ? 'event: message\n' : ': comment\n\n')
      .concat(stream(...deltas, finish))
      .replaceAll('\n', lineEnd),
  );

/** Fields of interest with values of any type, so that every reader meets what it does not expect. */
const junk: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      'text',
      'thinking',
      'response.output_text.delta',
      'message_start',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'choices',
          'delta',
          'message',
          'content',
          'reasoning',
          'reasoning_details',
          'usage',
          'logprobs',
          'tokens',
        ],
        ...[
          'top_logprobs',
          'token_logprobs',
          'token',
          'bytes',
          'id',
          'index',
          'error',
          'x_groq',
          'timings',
          'type',
        ],
        ...[
          'text',
          'thinking',
          'stop',
          'response',
          'output',
          'model',
          'finish_reason',
          'object',
          'code',
          'detail',
        ],
        ...['prompt_tokens', 'completion_tokens', 'completion_tokens_details', '__proto__', 'constructor'],
      ),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

function outcome(...pieces: readonly (string | Uint8Array)[]): unknown {
  try {
    const { deltas, ...reply } = readReply(...pieces);
    return { ...reply, joined: deltas.map(({ text }) => text).join('') };
  } catch (error) {
    if (isAssayError(error)) return { code: error.code, fault: error.fault };
    throw error;
  }
}

describe('the reader of replies', () => {
  it('gives the same reply wherever its bytes are cut', () => {
    fc.assert(
      fc.property(
        body,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (text, cuts) => {
          const bytes = Buffer.from(text);
          const places = [
            0,
            ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b),
            bytes.length,
          ];
          const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
          expect(outcome(...pieces)).toEqual(outcome(bytes));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('loses no text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        fc.pre(!text.includes('<think>') && !text.includes('</think>'));
        const reply = readReply(stream(...parts.map((content) => ({ content })), finish));
        expect(reply.text).toBe(text);
        expect(reply.deltas.map((part) => part.text)).toEqual(parts);
      }),
      { numRuns: 200 },
    );
  });

  it('throws nothing but errors with a code, whatever the bytes', () => {
    fc.assert(
      fc.property(
        body,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (text, changes, end) => {
          const bytes = Buffer.from(text);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          outcome(bytes.subarray(0, (end % bytes.length) + 1));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes JSON of any shape', () => {
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 3 }), (events) => {
        outcome(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
        outcome(JSON.stringify(events[0] ?? null));
      }),
      { numRuns: 500 },
    );
  });
});

describe('limits', () => {
  const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  const cases: Readonly<Record<string, readonly [fault: string, body: () => string]>> = {
    'deep nesting': ['CHAT_DEPTH', () => `data: {"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n\n`],
    'deep nesting in a whole body': ['CHAT_DEPTH', () => `{"a":${'['.repeat(100_000)}`],
    'an event without end': ['CHAT_EVENT_BYTES', () => `data: {"a":"${'x'.repeat(9 * 2 ** 20)}`],
    'a body without end': ['CHAT_EVENT_BYTES', () => `{"a":"${'x'.repeat(9 * 2 ** 20)}`],
    'many lines in an event': ['CHAT_EVENT_BYTES', () => `data: {"a":1\n${'data:\n'.repeat(10_001)}`],
    'many objects': ['CHAT_CONTAINERS', () => `{"a":[${'{},'.repeat(150_001)}{}]}`],
    'many values': ['CHAT_VALUES', () => `{"a":[${'0,'.repeat(500_001)}0]}`],
    'much text': ['CHAT_TEXT', () => chunk('x'.repeat(2 ** 20)).repeat(3)],
    'many deltas': ['CHAT_DELTAS', () => chunk('x').repeat(100_001)],
    'many tokens': [
      'CHAT_TOKENS',
      () => {
        const content = Array.from({ length: 11_000 }, () => ({ token: 'x', logprob: -1 }));
        return `data: ${JSON.stringify({ choices: [{ delta: {}, logprobs: { content } }] })}\n\n`.repeat(20);
      },
    ],
  };
  it.each(Object.entries(cases))('%s', (_name, [fault, body]) => {
    expect(outcome(body())).toMatchObject({ code: 'ENDPOINT_LIMIT', fault });
  });
});
