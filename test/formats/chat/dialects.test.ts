import { describe, expect, it } from 'vitest';
import { finish, readReply, stream } from '../../support/read-reply.js';

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const counted = { promptTokens: 5, completionTokens: 2, reasoningTokens: null, cachedTokens: null };

describe('framing', () => {
  const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}`;
  const cases: Record<string, [body: string, quirks: string[]]> = {
    'CR LF': [`${event('a')}\r\n\r\n${event('b')}\r\n\r\ndata: [DONE]\r\n\r\n`, []],
    CR: [`${event('a')}\r\r${event('b')}\r\rdata: [DONE]\r\r`, ['CR_LINES']],
    'no space after the colon': [`${event('a').replace(': ', ':')}\n\n${event('b')}\n\ndata:[DONE]\n\n`, []],
    'one line end between events': [`${event('a')}\n${event('b')}\ndata: [DONE]\n`, ['SINGLE_NEWLINE']],
    'comments and names': [
      `: PROCESSING\n\nevent: chunk\n${event('a')}\n\n: PROCESSING\n\n${event('b')}\n\ndata: [DONE]\n\n`,
      ['COMMENTS', 'EVENT_NAMES'],
    ],
    'byte order mark': [`\ufeff${event('a')}\n\n${event('b')}\n\ndata: [DONE]\n\n`, ['BOM']],
    'NUL padding': [`\0\0${event('a')}\n\n\0\0${event('b')}\n\ndata: [DONE]\n\n`, ['NUL_BYTES']],
    'no [DONE]': [`${event('a')}\n\n${event('b')}\n\n`, ['DONE_MISSING']],
    'no line end at the end': [`${event('a')}\n\n${event('b')}`, ['DONE_MISSING']],
    'one JSON text a line': [
      `${event('a').slice(6)}\n${event('b').slice(6)}\n`,
      ['DATA_PREFIX_MISSING', 'DONE_MISSING'],
    ],
    'line ends before the first of one JSON text a line': [
      `\n\r\n${event('a').slice(6)}\n${event('b').slice(6)}\n`,
      ['DATA_PREFIX_MISSING', 'DONE_MISSING'],
    ],
    'an event over several lines': [
      `data: {"choices":[{"delta":\ndata: {"content":"a"}}]}\n\n${event('b')}\n\ndata: [DONE]\n\n`,
      [],
    ],
    'cut off': [`${event('a')}\n\n${event('b')}\n\ndata: {"choi`, ['DONE_MISSING', 'EVENT_CUT']],
    'text after [DONE]': [
      `${event('a')}\n\n${event('b')}\n\ndata: [DONE]\n\n${event('c')}\n\n`,
      ['DONE_NOT_LAST'],
    ],
    'no JSON between events': [
      `${event('a')}\n\ndata: ping\n\n${event('b')}\n\ndata: [DONE]\n\n`,
      ['EVENT_NOT_JSON'],
    ],
  };
  it.each(Object.entries(cases))('%s', (_name, [body, quirks]) => {
    const reply = readReply(body);
    expect(reply.text).toBe('ab');
    expect(reply.quirks).toEqual([...quirks, 'FINISH_MISSING', 'USAGE_MISSING'].sort());
    const bytes = [...Buffer.from(body)].map((byte) => Uint8Array.of(byte));
    expect(readReply(...bytes)).toMatchObject({ text: 'ab', quirks: reply.quirks });
  });

  it('keeps control characters that a server forgot to escape', () => {
    const reply = readReply('data: {"choices":[{"delta":{"content":"a\0\u001b[2Jb"}}]}\n\ndata: [DONE]\n\n');
    expect(reply.text).toBe('a\0\u001b[2Jb');
    expect(reply.quirks).toContain('CONTROL_BYTES');
  });

  it('joins a character that was cut in two, as bytes or as surrogates', () => {
    const bytes = Buffer.from(stream({ content: 'x😀y' }, finish));
    const at = bytes.indexOf(0xf0) + 2;
    expect(readReply(bytes.subarray(0, at), bytes.subarray(at)).text).toBe('x😀y');
    const halves = stream({ content: 'A' }, { content: 'B' }).replace('A', '\\ud83d').replace('B', '\\ude00');
    expect(readReply(halves)).toMatchObject({ text: '😀', deltas: [{}, {}] });
    const alone = readReply(stream({ content: 'A' }, finish).replace('A', '\\ud83d'));
    expect([alone.text, alone.quirks]).toEqual(['\ufffd', ['SURROGATE_LONE', 'USAGE_MISSING']]);
  });

  it('gives an event as soon as it is complete, without waiting for the blank line', () => {
    const reply = readReply(`${event('a')}\n`, '\n', `${event('b')}\n`, '\n', 'data: [DONE]\n\n');
    expect(reply.deltas.map(({ atMs }) => atMs)).toEqual([0, 2]);
  });
});

describe('reasoning', () => {
  const read = (...events: object[]) => {
    const { text, reasoning, quirks } = readReply(stream(...events, finish));
    return [reasoning, text, quirks.filter((code) => code !== 'USAGE_MISSING')];
  };
  it.each(['reasoning_content', 'reasoning', 'thinking'])('under %s', (name) => {
    expect(
      read({ role: 'assistant', content: null, [name]: 'why' }, { [name]: null, content: 'so' }),
    ).toEqual(['why', 'so', []]);
  });
  it('under two names at once is read once', () => {
    const details = [{ type: 'reasoning.text', text: 'why', format: 'x' }];
    const twice = { content: '', reasoning: 'why', reasoning_details: details };
    expect(read(twice, { content: 'so' })).toEqual(['why', 'so', ['REASONING_TWICE']]);
    expect(read({ reasoning: 'why', reasoning_content: 'why' }, { content: 'so' })).toEqual([
      'why',
      'so',
      ['REASONING_TWICE'],
    ]);
  });
  it('in details alone, and encrypted', () => {
    expect(
      read({ reasoning_details: [{ type: 'reasoning.summary', summary: 'why' }] }, { content: 'so' }),
    ).toEqual(['why', 'so', []]);
    expect(
      read({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }, { content: 'so' }),
    ).toEqual(['', 'so', ['REASONING_HIDDEN']]);
  });
  it('as parts of the content', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'why' }] };
    expect(read({ content: [thinking] }, { content: [{ type: 'text', text: 'so' }] })).toEqual([
      'why',
      'so',
      ['CONTENT_PARTS'],
    ]);
  });
  it('between tags, cut anywhere', () => {
    for (const size of [1, 2, 3, 5, 100]) {
      const pieces = '<think>\nwhy < what\n</think>\n\nso'.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(read(...pieces.map((content) => ({ content })))).toEqual([
        '\nwhy < what\n',
        '\n\nso',
        ['THINK_TAGS'],
      ]);
    }
  });
  it('with the opening tag in the prompt', () => {
    expect(read({ content: 'why\n</thi' }, { content: 'nk>\n\nso' })).toEqual([
      'why\n',
      '\n\nso',
      ['THINK_OPEN_MISSING', 'THINK_TAGS'],
    ]);
  });
  it('cut off inside the thought', () => {
    expect(read({ content: '<think>why' })).toEqual(['why', '', ['THINK_CLOSE_MISSING', 'THINK_TAGS']]);
  });
  it('in tags and in a field, read once', () => {
    expect(read({ reasoning: 'why' }, { content: '<think>why</think>so' })).toEqual([
      'why',
      'so',
      ['REASONING_TWICE', 'THINK_TAGS'],
    ]);
  });
  it('an answer that mentions the tag stays an answer', () => {
    const answer = 'Close it with </think> and go on.';
    expect(read({ content: answer })).toEqual(['', answer, []]);
    expect(read({ reasoning: 'why' }, { content: 'It ends in\n</think>\n' })[1]).toBe(
      'It ends in\n</think>\n',
    );
  });
});

describe('usage', () => {
  const last = { choices: [], usage };
  const inFinish = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage };
  const cases: Record<string, [events: object[], quirks: string[]]> = {
    'in a last event of its own': [[{ content: 'a' }, finish, last], []],
    'with the finish': [[{ content: 'a' }, inFinish], ['USAGE_IN_FINISH']],
    'on every event': [
      [
        { choices: [{ delta: { content: 'a' } }], usage: { prompt_tokens: 5, completion_tokens: 1 } },
        { ...inFinish },
      ],
      ['USAGE_EARLY', 'USAGE_IN_FINISH', 'USAGE_REPEATED'],
    ],
    'under x_groq': [
      [{ content: 'a' }, { ...finish, x_groq: { id: 'x', usage } }],
      ['USAGE_IN_FINISH', 'USAGE_X_GROQ'],
    ],
    'inside the choice': [
      [{ content: 'a' }, { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] }],
      ['USAGE_IN_CHOICE', 'USAGE_IN_FINISH'],
    ],
    'as null, then at last': [[{ choices: [{ delta: { content: 'a' } }], usage: null }, finish, last], []],
  };
  it.each(Object.entries(cases))('%s', (_name, [events, quirks]) => {
    const reply = readReply(stream(...events));
    expect([reply.usage, reply.quirks]).toEqual([counted, quirks]);
  });

  it("in llama.cpp's times, or nowhere", () => {
    const timings = { cache_n: 3, prompt_n: 2, predicted_n: 2 };
    const timed = readReply(stream({ content: 'a' }, { ...finish, timings }));
    expect([timed.usage, timed.quirks]).toEqual([{ ...counted, cachedTokens: 3 }, ['USAGE_TIMINGS']]);
    expect(readReply(stream({ content: 'a' }, finish))).toMatchObject({
      usage: null,
      quirks: ['USAGE_MISSING'],
    });
  });

  it('nonsense is no number', () => {
    const odd = { prompt_tokens: -1, completion_tokens: 2.5, cached_tokens: 1e300 };
    expect(readReply(stream({ content: 'a' }, finish, { choices: [], usage: odd }))).toMatchObject({
      usage: null,
      quirks: ['USAGE_INVALID', 'USAGE_MISSING'],
    });
  });

  it('flat and nested details', () => {
    const details = { ...usage, cached_tokens: 3, completion_tokens_details: { reasoning_tokens: 1 } };
    expect(readReply(stream(finish, { choices: [], usage: details })).usage).toEqual({
      ...counted,
      reasoningTokens: 1,
      cachedTokens: 3,
    });
  });
});

describe('tokens', () => {
  it('of legacy completions, with the tokens of an echoed prompt', () => {
    const logprobs = {
      tokens: ['Hi', ' you'],
      token_logprobs: [null, -0.5],
      top_logprobs: [null, { ' me': -1.25, ' you': -0.5 }],
      text_offset: [0, 2],
    };
    const body = {
      object: 'text_completion',
      choices: [{ text: 'Hi you', index: 0, finish_reason: 'length', logprobs }],
    };
    const choice = { bytes: null, id: null };
    expect(readReply(JSON.stringify(body)).tokens).toEqual([
      { ...choice, text: 'Hi', logProb: null, top: [] },
      {
        ...choice,
        text: ' you',
        logProb: -0.5,
        top: [
          { ...choice, text: ' you', logProb: -0.5 },
          { ...choice, text: ' me', logProb: -1.25 },
        ],
      },
    ]);
  });

  it('with ids in place of text, and numbers that are no log-probability', () => {
    const content = [
      { token: 'token_id:128798', logprob: 1e-9, bytes: [300] },
      { token: 'a', logprob: 0.5, id: 7 },
    ];
    const reply = readReply(
      JSON.stringify({ choices: [{ message: { content: 'a' }, logprobs: { content } }] }),
    );
    expect(reply.tokens?.map(({ id, logProb, bytes }) => [id, logProb, bytes])).toEqual([
      [128798, 0, null],
      [7, null, null],
    ]);
    expect(reply.quirks).toContain('LOGPROB_INVALID');
  });
});

describe('errors and other bodies', () => {
  it.each([
    [{ error: { message: 'busy', code: 502 } }, 'busy', '502'],
    [{ error: 'busy' }, 'busy', null],
    [
      { choices: [{ error: { message: 'busy', code: 'x' }, delta: {}, finish_reason: 'error' }] },
      'busy',
      'x',
    ],
    [{ choices: [], error: { message: 'busy' } }, 'busy', null],
  ])('an error inside a stream: %j', (event, message, code) => {
    expect(readReply(stream({ content: 'a' }, event)).error).toMatchObject({ message, code });
  });

  it('a null error is none', () => {
    expect(
      readReply(stream({ choices: [{ delta: { content: 'a' } }], error: null }, finish)).error,
    ).toBeNull();
  });

  it('a page, a list and nothing are no replies', () => {
    for (const body of ['<html>no</html>', '{"data":[]}', '', '[]', '"x"'])
      expect(readReply(body).quirks).toContain('NOT_A_REPLY');
  });

  it('an indented body is one reply', () => {
    const body = { model: 'm', choices: [{ message: { content: 'a' }, finish_reason: 'stop' }], usage };
    for (const text of [JSON.stringify(body, null, 2), JSON.stringify(body), `${JSON.stringify(body)}\n`])
      expect(readReply(text)).toMatchObject({ text: 'a', usage: counted, model: 'm', quirks: [] });
  });
});
