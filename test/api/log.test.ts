import { createHook } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { audit, collect, type Evidence, type TokenStack } from 'model-assay';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestLogEvidence } from '../../src/fingerprint/probes/request-log.js';
import { readVocabulary } from '../../src/formats/vocabulary/read.js';
import { stackOf } from '../../src/formats/vocabulary/stack.js';

const ROOT = join(import.meta.dirname, '../..');
/** Real prose with numbers, Markdown and code: the project's own documents. */
const prose = ['docs/architecture.md', 'CHANGELOG.md', 'README.md']
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n');
const MESSAGES = 12;
const message = (index: number): string => prose.slice(index * 700, index * 700 + 450);

let folder = '';
let stacks: Readonly<Record<string, TokenStack>> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-log-'));
  const vocabulary = (id: string): TokenStack =>
    stackOf(readVocabulary(readFileSync(join(ROOT, 'tokenizers', `${id}.vocab`)), id));
  stacks = Object.fromEntries(
    ['cl100k', 'deepseek-v3', 'llama-3', 'o200k', 'qwen2.5'].map((id) => [id, vocabulary(id)]),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const save = (name: string, lines: readonly unknown[]): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return path;
};
const exchange = (content: string, prompt_tokens: number, model = 'deepseek-r1'): unknown => ({
  request: { model, messages: [{ role: 'user', content }] },
  response: {
    model,
    choices: [{ message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens, completion_tokens: 3 },
  },
});
/** A log whose requests one tokenizer counted, with an overhead. */
const logOf = (stack: string, overhead = 5, model?: string): unknown[] =>
  Array.from({ length: MESSAGES }, (_, index) =>
    exchange(message(index), (stacks[stack]?.count(message(index)) ?? 0) + overhead, model),
  );
const options = { profile: 'deepseek-r1', claim: 'full', clock: () => new Date(0) } as const;
const outcomeOf = async (path: string): Promise<string> =>
  (await audit({ kind: 'log', path }, options)).verdict.outcome;

describe('twelve messages of a buyer’s log', () => {
  test.each(['qwen2.5', 'llama-3'])('a distill counted by %s is no full model', async (stack) => {
    const { verdict, signals } = await audit({ kind: 'log', path: save(stack, logOf(stack)) }, options);
    expect(verdict.outcome).toBe('refuted');
    const signal = signals.find(({ id }) => id === 'request-log');
    expect(signal).toMatchObject({
      status: 'scored',
      observed: expect.stringContaining(`${stack} fits best: the same overhead in 12 of 12 requests`),
    });
  });

  test.each(['deepseek-v3', 'cl100k', 'o200k'])('counts of %s accuse nobody', async (stack) => {
    await expect(outcomeOf(save(stack, logOf(stack)))).resolves.toBe('inconclusive');
  });

  test('nor do counts of nothing known, or a mixture', async () => {
    const quarter = Array.from({ length: MESSAGES }, (_, index) =>
      exchange(message(index), Math.ceil(message(index).length / 4)),
    );
    await expect(outcomeOf(save('quarter', quarter))).resolves.toBe('inconclusive');
    const half = [...logOf('deepseek-v3').slice(0, 6), ...logOf('cl100k').slice(6)];
    await expect(outcomeOf(save('half', half))).resolves.toBe('inconclusive');
  });

  test('an honest distill is not accused of being one', async () => {
    const path = save('honest', logOf('qwen2.5', 31));
    const { verdict } = await audit({ kind: 'log', path }, { ...options, claim: 'distill-qwen-32b' });
    expect(verdict.outcome).toBe('inconclusive');
  });

  test('too few, or no usage: said with the reason', async () => {
    const few = await audit({ kind: 'log', path: save('few', logOf('qwen2.5').slice(0, 4)) }, options);
    expect(few.signals.find(({ id }) => id === 'request-log')).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('3 of 4 requests can be compared'),
    });
    const silent = Array.from({ length: MESSAGES }, (_, index) => ({
      messages: [{ role: 'user', content: message(index) }],
    }));
    const none = await audit({ kind: 'log', path: save('none', silent) }, options);
    expect(none.signals.find(({ id }) => id === 'request-log')).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('no prompt tokens stated (12)'),
    });
    expect(none.verdict.outcome).toBe('inconclusive');
  });
});

const evidenceOf = (evidence: Evidence): RequestLogEvidence => {
  const status = evidence.probes['request-log'];
  if (status?.status !== 'ok') throw new Error('the probe gave no data');
  return status.data as RequestLogEvidence;
};

describe('what is kept', () => {
  test('counts and lengths, not the buyer’s texts', async () => {
    const log = [...logOf('deepseek-v3'), exchange('My password is hunter2.', 9)];
    const evidence = await collect({ kind: 'log', path: save('private', log) });
    expect(JSON.stringify(evidence)).not.toMatch(/hunter2|password|Yes\./);
    expect(JSON.stringify(evidence)).not.toContain(message(3).slice(0, 30));
    expect(evidenceOf(evidence).prompts).toHaveLength(MESSAGES + 1);
    expect(evidenceOf(evidence).prompts[12]).toMatchObject({
      line: 13,
      form: 'u',
      characters: 23,
      reported: 9,
    });
  });

  test('requests that cannot be compared, by reason; the same texts once', async () => {
    const asked = (messages: unknown, more = {}): unknown => ({
      request: { messages, ...more },
      usage: { prompt_tokens: 9 },
    });
    const user = { role: 'user', content: 'x' };
    const { excluded, prompts } = evidenceOf(
      await collect({
        kind: 'log',
        path: save('excluded', [
          asked([user]),
          asked([user]),
          asked([user], { tools: [{}] }),
          asked([{ role: 'tool', content: 'x' }]),
          asked([{ role: 'user', content: ' ' }]),
          asked([user, { role: 'assistant', content: '<think>a</think>b' }, user]),
          { messages: [user] },
        ]),
      }),
    );
    expect(prompts).toHaveLength(1);
    expect(excluded).toEqual({
      'the same texts again': 1,
      'tools, images, files or other parts that are not plain text': 1,
      'roles other than system, user and assistant': 1,
      'no text': 1,
      'reasoning in an earlier turn': 1,
      'no prompt tokens stated': 1,
    });
  });

  test('the seal of special tokens and white space at the edges are counted both ways', async () => {
    const path = save('readings', [exchange(' a <｜User｜> b\n', 9)]);
    const [prompt] = evidenceOf(await collect({ kind: 'log', path })).prompts;
    expect(prompt?.trimmed).toBeDefined();
    expect(prompt?.special).toBeDefined();
    expect(prompt?.special).not.toEqual(prompt?.plain);
  });
});

describe('files', () => {
  test('a HAR document, an exported list, a byte order mark and blank lines are read', async () => {
    const log = logOf('deepseek-v3') as { request: unknown; response: unknown }[];
    const entries = log.map(({ request, response }) => ({
      request: { postData: { text: JSON.stringify(request) } },
      response: { status: 200, content: { text: JSON.stringify(response) } },
    }));
    for (const text of [
      JSON.stringify({ log: { entries } }, null, 2),
      JSON.stringify({ log: { entries } }),
      JSON.stringify(log, null, 1),
      `\uFEFF${log.map((line) => JSON.stringify(line)).join('\r\n\r\n')}\r\n`,
    ]) {
      const evidence = await collect({ kind: 'log', path: save('document', [text]) });
      expect(evidenceOf(evidence)).toMatchObject({ requests: MESSAGES, skipped: {} });
    }
  });

  test('what cannot be read is counted, and only a log without any request is refused', async () => {
    const path = save('partly', ['{', '[', '7', ...logOf('deepseek-v3')]);
    const evidence = await collect({ kind: 'log', path });
    expect(evidenceOf(evidence).skipped).toEqual({ 'not JSON': 2, 'not an object': 1 });
    expect(evidence.warnings.join()).toContain('left out: not JSON (2), not an object (1)');
    for (const lines of [[], ['hello'], ['{}'], ['\u0000\u001b[31m'], [`${'['.repeat(1e6)}`]])
      await expect(collect({ kind: 'log', path: save('useless', lines) })).rejects.toMatchObject({
        code: 'LOG_INVALID',
      });
    await expect(collect({ kind: 'log', path: join(folder, 'absent') })).rejects.toMatchObject({
      code: 'CANDIDATE_NOT_FOUND',
    });
    await expect(collect({ kind: 'log', path: folder })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('several models are told apart by --model', async () => {
    const path = save('several', [
      ...logOf('deepseek-v3', 5, 'deepseek/deepseek-r1'),
      ...logOf('o200k', 7, 'gpt-4o'),
    ]);
    await expect(collect({ kind: 'log', path })).rejects.toMatchObject({
      code: 'LOG_INVALID',
      hint: expect.stringContaining('"deepseek-r1", "gpt-4o"'),
    });
    const evidence = await collect({ kind: 'log', path, model: 'deepseek-r1' });
    expect(evidenceOf(evidence)).toMatchObject({
      requests: MESSAGES,
      skipped: { 'another model': MESSAGES },
    });
  });

  test('a line of any length costs no more memory than the longest allowed', async () => {
    const path = join(folder, 'long');
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.alloc(40 * 2 ** 20, 0x61),
        Buffer.from(
          `\n${logOf('deepseek-v3')
            .map((line) => JSON.stringify(line))
            .join('\n')}`,
        ),
      ]),
    );
    expect(evidenceOf(await collect({ kind: 'log', path }))).toMatchObject({
      requests: MESSAGES,
      skipped: { 'line too long': 1 },
    });
  });
});

describe('the command', () => {
  const cli = (
    ...parameters: readonly string[]
  ): Promise<{ stdout: string; stderr: string; code?: number }> =>
    promisify(execFile)(process.execPath, [join(ROOT, 'dist/esm/cli/main.js'), ...parameters]).catch(
      (failed) => failed,
    );

  test('assay audit --log refutes, and says what it did not understand', async () => {
    const path = save('cli.jsonl', [...logOf('qwen2.5'), '{']);
    const { stdout, code } = await cli(
      'audit',
      '--log',
      path,
      '--profile',
      'deepseek-r1',
      '--claim',
      'full',
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: { outcome: 'refuted' },
      candidate: { kind: 'log', label: 'cli.jsonl' },
    });
  });

  test.each<[string, readonly string[]]>([
    ['neither candidate nor log', []],
    ['both', ['./model', '--log', 'x']],
  ])('%s: usage', async (_name, parameters) => {
    const { code, stderr } = await cli('audit', ...parameters, '--profile', 'deepseek-r1', '--no-progress');
    expect(code).toBe(2);
    expect(stderr).toContain('USAGE');
  });
});

test('no socket is opened and no name is looked up', async () => {
  const network: string[] = [];
  const hook = createHook({
    init: (_id, type) => {
      if (/TCP|UDP|ADDRINFO|TLS|HTTP|QUERY/.test(type)) network.push(type);
    },
  }).enable();
  try {
    const path = save('quiet', logOf('qwen2.5'));
    await expect(outcomeOf(path)).resolves.toBe('refuted');
    expect(network).toEqual([]);
    // The hook does see a socket when there is one.
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) =>
      connect(port, '127.0.0.1')
        .on('close', resolve)
        .on('error', () => undefined),
    );
    await new Promise((resolve) => server.close(resolve));
    expect(network.length).toBeGreaterThan(0);
  } finally {
    hook.disable();
  }
});
