import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import type { Reply } from '../../src/core/types.js';
import { localClient } from '../support/endpoint-client.js';
import { chunked, type RawServer, rawServer } from '../support/raw-server.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

interface Case {
  readonly name: string;
  readonly raw: Buffer;
  readonly path: string;
}

/** The wire bytes of a recorded answer; the recorder kept chunked bodies without their framing. */
function wire(folder: string, name: string): Case {
  const file = readFileSync(join(folder, `${name}.http`));
  const meta = JSON.parse(readFileSync(join(folder, `${name}.meta.json`), 'utf8'));
  const answer = file.subarray(file.indexOf('<<< RESPONSE\n') + '<<< RESPONSE\n'.length);
  const end = answer.indexOf('\r\n\r\n') >= 0 ? answer.indexOf('\r\n\r\n') + 4 : answer.indexOf('\n\n') + 2;
  const head = answer.subarray(0, end).toString('latin1').replace(/\r?\n/g, '\r\n');
  let body: Buffer = answer.subarray(end);
  if (/transfer-encoding: chunked/i.test(head)) {
    let at = 0;
    const pieces = (meta.chunk_bytes as number[]).map((length) => {
      at += length;
      return body.subarray(at - length, at);
    });
    body = chunked([...pieces, body.subarray(at)]);
  }
  return { name, raw: Buffer.concat([Buffer.from(head), body]), path: meta.path };
}

const NO_REPLIES: readonly string[] = [
  ...[
    ...[
      'anthropic-count_tokens',
      'apply-template',
      'detokenize',
      'get-health',
      'get-metrics',
      'get-metrics-after',
    ],
    ...['get-models', 'get-props', 'get-slots', 'get-v1-models', 'input_tokens', 'options-cors'],
    ...['tokenize', 'tokenize-parse-special'],
  ].map((name) => `${name} ENDPOINT_PROTOCOL ENDPOINT_NOT_A_REPLY`),
  ...[
    ...[
      'chat-n2',
      'chat-n2-stream',
      'err-bad-grammar',
      'err-context-too-long',
      'err-context-too-long-stream',
    ],
    ...[
      'err-messages-type',
      'err-n-too-many',
      'err-negative-max',
      'err-no-messages',
      'err-top_logprobs-without',
    ],
  ].map((name) => `${name} ENDPOINT_STATUS HTTP_400`),
  ...['err-get-on-post', 'get-unknown-404'].map((name) => `${name} ENDPOINT_STATUS HTTP_404`),
  ...['err-bad-json', 'err-empty-body', 'err-invalid-utf8'].map((name) => `${name} ENDPOINT_STATUS HTTP_500`),
  'embeddings ENDPOINT_STATUS HTTP_501',
  'err-temperature-type ENDPOINT_UNSUPPORTED',
];
/** A biased random model wrote what this build's parser of answers could not read. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  'tiny-r1-distill-qwen': ['chat-logit_bias ENDPOINT_STATUS HTTP_500'],
};

const STORY = '"Here," replake a little girl.\n"One day';
const LINES = '\n'.repeat(24);
/** Text, finish, prompt and completion tokens, deltas. */
const RECORDED: Readonly<Record<string, unknown>> = {
  'stories260K-f32': {
    'chat-basic': [STORY, 'length', 62, 24, 1],
    'chat-stream': [STORY, 'length', 62, 24, 24],
    'chat-stream-usage': [STORY, 'length', 62, 24, 24],
    'chat-stop': ['"Here," repl', 'stop', 62, 11, 1],
    'completions-echo': [', there', 'length', 5, 2, 1],
    'native-completion': [', there was a little girl', 'length', 5, 8, 1],
  },
  'tiny-r1-distill-qwen': {
    'chat-basic': [LINES, 'length', 17, 24, 1],
    // This build streams no line ends before other text.
    'chat-stream': ['', 'length', 17, 24, 0],
    'chat-stream-usage': ['', 'length', 17, 24, 0],
    'chat-stop': [LINES, 'length', 17, 24, 1],
    'completions-echo': [' time time', 'length', 5, 2, 1],
    'native-completion': [' time'.repeat(8), 'length', 5, 8, 1],
  },
};
const FIRST_TOKEN: Readonly<Record<string, object>> = {
  'stories260K-f32': { id: 436, text: '"', bytes: [34], logProb: -1.0301154851913452 },
  'tiny-r1-distill-qwen': { id: 198, text: '\n', bytes: [10], logProb: -0.007056698203086853 },
};

type Outcome = Reply | { readonly code: string; readonly fault: string | undefined };

describe.skipIf(!sharedData).each(['stories260K-f32', 'tiny-r1-distill-qwen'])(
  `recorded answers of llama.cpp with %s, replayed over TCP${whySkipped}`,
  (set) => {
    const outcomes = new Map<string, Outcome>();
    let server: RawServer;
    let current: Buffer;
    beforeAll(async () => {
      const folder = shared(`transcripts/${set}`);
      const names = readdirSync(folder)
        .filter((file) => file.endsWith('.http'))
        .map((file) => file.slice(0, -5));
      server = await rawServer((socket) => socket.end(current));
      for (const name of names) {
        const { raw, path } = wire(folder, name);
        current = raw;
        const client = localClient(server.url, { limits: { retryWaitMs: 1 } });
        const request = { maxTokens: 8, stream: true } as const;
        const asked =
          path.includes('completion') && !path.includes('chat')
            ? client.completions.complete({ ...request, prompt: 'x' })
            : client.chat.reply({ ...request, messages: [{ role: 'user', content: 'x' }] });
        outcomes.set(
          name,
          await asked.catch((error: unknown) => {
            if (!isAssayError(error)) throw error;
            return { code: error.code, fault: error.fault };
          }),
        );
        client.close();
      }
    });
    afterAll(() => server.close());

    const reply = (name: string): Reply => {
      const outcome = outcomes.get(name);
      if (outcome === undefined || 'code' in outcome) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
      return outcome;
    };

    it('reads every answer that is a reply, and names what is none', () => {
      expect(outcomes.size).toBe(83);
      const refused = [...outcomes].flatMap(([name, outcome]) =>
        'code' in outcome ? [`${name} ${outcome.code} ${outcome.fault ?? ''}`.trim()] : [],
      );
      expect(refused.sort()).toEqual([...NO_REPLIES, ...(ONLY[set] ?? [])].sort());
    });

    it('every reply has a finish, counts, times in order and no loss of text', () => {
      for (const [name, outcome] of outcomes) {
        if ('code' in outcome) continue;
        const { deltas, timing, usage, finish, text, reasoning } = outcome;
        expect([name, finish]).toEqual([name, expect.stringMatching(/^(stop|length|max_tokens)$/)]);
        expect([name, usage?.completionTokens]).toEqual([name, expect.any(Number)]);
        expect(timing.endMs).toBeGreaterThanOrEqual(timing.headersMs);
        const times = deltas.map(({ atMs }) => atMs);
        expect([...times].sort((a, b) => a - b)).toEqual(times);
        const joined = (channel: string) =>
          deltas.flatMap((d) => (d.channel === channel ? d.text : [])).join('');
        expect([name, joined('text'), joined('reasoning')]).toEqual([name, text, reasoning]);
      }
    });

    it('a stream and a whole answer say the same', () => {
      for (const [stream, whole] of [
        ['chat-grammar-think-stream', 'chat-grammar-think'],
        ['chat-grammar-thinkclose-stream', 'chat-grammar-thinkclose'],
        ['completions-stream', 'completions'],
      ] as const) {
        const pick = ({ text, reasoning, finish, usage }: Reply) => [
          text,
          reasoning,
          finish,
          usage?.completionTokens,
        ];
        expect(pick(reply(stream))).toEqual(pick(reply(whole)));
        expect(reply(stream).deltas.length).toBeGreaterThan(reply(whole).deltas.length);
      }
    });

    it('has the recorded numbers', () => {
      const seen = Object.fromEntries(
        [
          'chat-basic',
          'chat-stream',
          'chat-stream-usage',
          'chat-stop',
          'completions-echo',
          'native-completion',
        ].map((name) => {
          const { text, finish, usage, deltas } = reply(name);
          return [name, [text, finish, usage?.promptTokens, usage?.completionTokens, deltas.length]];
        }),
      );
      expect(seen).toEqual(RECORDED[set]);
      const [first] = reply('chat-logprobs-20').tokens ?? [];
      expect(first).toMatchObject(FIRST_TOKEN[set] ?? {});
      expect(first?.top).toHaveLength(20);
      expect(first?.top[0]).toEqual({ ...first, top: undefined });
    });
  },
);
