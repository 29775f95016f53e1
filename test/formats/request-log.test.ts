import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LoggedRequest } from '../../src/core/types.js';
import { MAX_DEPTH, MAX_REQUESTS } from '../../src/formats/request-log/limits.js';
import { requestLogReader } from '../../src/formats/request-log/read.js';

const read = (
  records: readonly unknown[],
  model?: string,
): { readonly requests: readonly LoggedRequest[]; readonly skipped: Readonly<Record<string, number>> } => {
  const reader = requestLogReader(model);
  for (const [index, record] of records.entries())
    reader.line(typeof record === 'string' ? record : JSON.stringify(record), index + 1);
  return reader.finish();
};
const only = (...records: readonly unknown[]): LoggedRequest => {
  const { requests, skipped } = read(records);
  expect(skipped).toEqual({});
  expect(requests).toHaveLength(1);
  return requests[0] as LoggedRequest;
};

const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
const choices = [
  {
    index: 0,
    message: { role: 'assistant', content: 'It scatters.', reasoning_content: 'Rayleigh' },
    finish_reason: 'stop',
  },
];
const body = { id: 'x', model: 'served', choices, usage };
const request = { model: 'asked', messages, max_tokens: 64 };

const expected: LoggedRequest = {
  line: 1,
  messages,
  extras: false,
  model: 'asked',
  promptTokens: 9,
  completionTokens: 4,
  text: 'It scatters.',
  reasoning: 'Rayleigh',
  finish: 'stop',
  maxTokens: 64,
};
const chunks = [
  { model: 'served', choices: [{ index: 0, delta: { role: 'assistant', content: null } }] },
  { choices: [{ index: 0, delta: { reasoning_content: 'Ray' } }] },
  { choices: [{ index: 0, delta: { reasoning_content: 'leigh' } }] },
  { choices: [{ index: 0, delta: { content: 'It ' } }] },
  { choices: [{ index: 0, delta: { content: 'scatters.' }, finish_reason: 'stop' }] },
  { choices: [], usage },
];
const events = `: ping\n\n${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;

describe('whole exchanges in the shapes of common tools', () => {
  test.each<[string, readonly unknown[]]>([
    ['request and response', [{ request, response: body }]],
    ['bodies as recorded by proxies', [{ request: { body: request }, response: { status: 200, body } }]],
    ['JSON in strings', [{ request: JSON.stringify(request), response: JSON.stringify(body) }]],
    ['one object with the messages and the answer', [{ ...request, response: body }]],
    ['LiteLLM spend logs', [{ ...request, proxy_server_request: { body: request }, response: body }]],
    ['input and output', [{ input: request, output: body }]],
    [
      'a batch file of requests and one of answers',
      [
        { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: request },
        { id: 'b', custom_id: 'a', response: { status_code: 200, request_id: 'r', body }, error: null },
      ],
    ],
    ['chunks in a list', [{ request, response: chunks }]],
    ['chunks beside the request', [{ request, chunks }]],
    ['recorded server-sent events', [{ request, response: events }]],
    [
      'a HAR entry',
      [
        {
          request: {
            method: 'POST',
            url: 'https://h/v1',
            postData: { mimeType: 'application/json', text: JSON.stringify(request) },
          },
          response: { status: 200, content: { mimeType: 'application/json', text: JSON.stringify(body) } },
        },
      ],
    ],
    [
      'a HAR entry of a stream in base64',
      [
        {
          request: { postData: { text: JSON.stringify(request) } },
          response: {
            status: 200,
            content: { encoding: 'base64', text: Buffer.from(events).toString('base64') },
          },
        },
      ],
    ],
  ])('%s', (_name, records) => {
    expect(only(...records)).toEqual(expected);
  });

  test('a batch answer may come before its request', () => {
    const answer = { custom_id: 'a', response: { status_code: 200, body } };
    expect(only(answer, { custom_id: 'a', body: request })).toEqual({ ...expected, line: 2 });
  });
});

describe('usage in every known place', () => {
  test.each<[string, Record<string, unknown>]>([
    ['messages and usage', { messages, usage }],
    ['flat counts', { messages, prompt_tokens: 9, completion_tokens: 4 }],
    [
      'Langfuse',
      {
        input: messages,
        output: { role: 'assistant', content: '' },
        usage: { input: 9, output: 4, unit: 'TOKENS' },
      },
    ],
    ['Langfuse, newer', { input: { messages }, usageDetails: { input: 9, output: 4 } }],
    ['text in, text out', { input: 'Why is the sky blue?', output: 'x', usage }],
    [
      'Ollama',
      { request: { messages }, response: { message: { content: 'x' }, prompt_eval_count: 9, eval_count: 4 } },
    ],
    ['Groq', { messages, response: { choices, x_groq: { usage } } }],
    ['Moonshot', { messages, response: { choices: [{ ...choices[0], usage }] } }],
    [
      'Responses API',
      {
        request: { input: 'Why is the sky blue?' },
        response: {
          output: [{ type: 'message', content: [{ type: 'output_text', text: 'x' }] }],
          usage: { input_tokens: 9, output_tokens: 4 },
        },
      },
    ],
    [
      'cached tokens beside the input',
      {
        messages,
        response: {
          content: [{ type: 'text', text: 'x' }],
          usage: { input_tokens: 2, cache_read_input_tokens: 7, output_tokens: 4 },
        },
      },
    ],
    [
      'LangSmith',
      {
        inputs: {
          messages: [
            [
              {
                lc: 1,
                type: 'constructor',
                id: ['langchain', 'schema', 'HumanMessage'],
                kwargs: { content: 'Why is the sky blue?' },
              },
            ],
          ],
        },
        outputs: {
          generations: [[{ text: 'x', message: { kwargs: { content: 'x' } } }]],
          llm_output: { token_usage: usage },
        },
      },
    ],
    [
      'LangSmith, newer',
      {
        inputs: { messages: [{ type: 'human', content: 'Why is the sky blue?' }] },
        outputs: {
          generations: [
            [
              {
                text: 'x',
                message: { kwargs: { content: 'x', usage_metadata: { input_tokens: 9, output_tokens: 4 } } },
              },
            ],
          ],
        },
      },
    ],
  ])('%s', (_name, record) => {
    const { messages: found, promptTokens } = only(record);
    expect(found).toEqual(messages);
    expect(promptTokens).toBe(9);
  });

  test('the last usage of a stream that states a running one', () => {
    const running = chunks.map((chunk, at) => ({
      ...chunk,
      usage: { prompt_tokens: 9, completion_tokens: at },
    }));
    expect(only({ request, chunks: running }).completionTokens).toBe(5);
  });

  test('no usage is no fault', () => {
    expect(only({ messages, response: { choices } }).promptTokens).toBeNull();
  });

  test.each([-1, 1.5, '9', 2 ** 40, null])('%s is no count', (prompt_tokens) => {
    expect(only({ messages, usage: { prompt_tokens } }).promptTokens).toBeNull();
  });
});

describe('what adds tokens that messages do not show', () => {
  const image = { type: 'image_url', image_url: { url: 'data:,' } };
  test.each<[string, Record<string, unknown>]>([
    ['tools', { messages, tools: [{ type: 'function' }] }],
    ['an answer format', { messages, response_format: { type: 'json_object' } }],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, image] }] }],
    [
      'two parts of text',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'x' },
              { type: 'text', text: 'y' },
            ],
          },
        ],
      },
    ],
    ['calls of tools', { messages: [...messages, { role: 'assistant', content: null, tool_calls: [{}] }] }],
    [
      'earlier reasoning',
      { messages: [...messages, { role: 'assistant', content: 'x', reasoning_content: 'y' }] },
    ],
  ])('%s', (_name, asked) => {
    expect(only({ request: asked, response: body }).extras).toBe(true);
  });

  test('empty lists and the plain answer format add nothing', () => {
    expect(
      only({ request: { ...request, tools: [], response_format: { type: 'text' } }, response: body }).extras,
    ).toBe(false);
  });

  test('an answer of two choices, or with a call, is not all that was generated', () => {
    const called = [{ message: { content: 'x', tool_calls: [{}] } }];
    expect(
      only({ request, response: { ...body, choices: [...choices, ...choices] } }).completionTokens,
    ).toBeNull();
    expect(only({ request, response: { ...body, choices: called } }).completionTokens).toBeNull();
  });

  test('a raw prompt and a system text beside the messages are read', () => {
    expect(only({ request: { prompt: 'Once' }, response: body }).messages).toEqual([
      { role: 'prompt', content: 'Once' },
    ]);
    expect(only({ request: { system: 'Be brief.', messages }, response: body }).messages[0]).toEqual({
      role: 'system',
      content: 'Be brief.',
    });
  });
});

describe('what is no request is counted by reason', () => {
  test('each reason', () => {
    const { requests, skipped } = read([
      '{"messages":',
      '[1]',
      `${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`,
      { hello: 1 },
      { request: { prompt: [1, 2, 3] }, response: body },
      { request, response: { status_code: 429, body: { error: {} } } },
      { request, response: { error: { message: 'x' } } },
      { custom_id: 'a', body: request },
      { custom_id: 'b', response: { status_code: 200, body } },
      { messages: [7] },
    ]);
    expect(requests).toEqual([]);
    expect(skipped).toEqual({
      'not JSON': 1,
      'not an object': 1,
      'nested too deeply': 1,
      'no messages': 1,
      'prompt given as token ids': 1,
      'request failed': 2,
      'request without its answer': 1,
      'answer without its request': 1,
      'a message of unknown shape': 1,
    });
  });

  test('a model is found by its name with or without its maker, asked or served', () => {
    const named = (model: string): unknown => ({
      request: { ...request, model },
      response: { ...body, model: 'other' },
    });
    const { requests, skipped } = read(
      [named('deepseek-ai/DeepSeek-R1'), named('gpt-4o'), named('deepseek-r1')],
      'deepseek-r1',
    );
    expect(requests.map(({ line }) => line)).toEqual([1, 3]);
    expect(skipped).toEqual({ 'another model': 1 });
  });

  test('requests beyond the limit are counted, not kept', () => {
    const { requests, skipped } = read(Array.from({ length: MAX_REQUESTS + 3 }, () => ({ messages, usage })));
    expect(requests).toHaveLength(MAX_REQUESTS);
    expect(skipped).toEqual({ 'beyond what one audit reads': 3 });
  });

  test('names of an object’s prototype are no fields', () => {
    const { requests } = read(['{"__proto__":{"messages":[{"role":"user","content":"x"}]},"constructor":1}']);
    expect(requests).toEqual([]);
    expect(({} as Record<string, unknown>).messages).toBeUndefined();
  });
});

test('any JSON, in any known place, is read or counted and never throws', () => {
  const places = [
    'request',
    'response',
    'messages',
    'usage',
    'choices',
    'input',
    'output',
    'outputs',
    'inputs',
    'body',
    'chunks',
    'custom_id',
    'prompt',
    'content',
    'role',
    'message',
    'delta',
    'kwargs',
    'type',
    'text',
    'postData',
    'generations',
  ];
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, true, 3, '', 'user', 'data: {}', '[1]', '{"messages":[]}'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...places), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (records) => {
      const { requests, skipped } = read(records.map((record) => JSON.stringify(record)));
      const counted = Object.values(skipped).reduce((sum, times) => sum + times, 0);
      // A pair of batch halves is one request of two lines.
      expect(requests.length + counted).toBeLessThanOrEqual(records.length);
      expect(requests.length + counted).toBeGreaterThan(0);
      for (const { messages: turns } of requests)
        for (const { role, content } of turns)
          expect([typeof role, typeof content]).toEqual(['string', 'string']);
    }),
    { numRuns: 500, seed: 5 },
  );
});
