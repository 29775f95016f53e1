import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { assemble, scratch } from '../support/exports.js';
import { SharedRuntime } from '../support/shared-runtime.js';
import { sentencePieceBpe, unigram, wordPiece } from '../support/tokenizers.js';

const folder = scratch();
const runtime = new SharedRuntime();
afterAll(() => runtime.close());

describe.each([
  ['WordPiece', wordPiece(), 'The rains', [2, 4, 5, 6, 3]],
  ['SentencePiece BPE', sentencePieceBpe(), 'the rain é', [1, 288, 292, 259, 198, 172]],
  ['Unigram', unigram(), 'the rains', [3, 4, 5, 1]],
] as const)('a %s tokenizer.json', (name, tokenizer, text, ids) => {
  it('gives the ids of its vocabulary', async () => {
    const path = assemble('root', `${folder}/${name}`);
    writeFileSync(`${path}/tokenizer.json`, JSON.stringify(tokenizer));
    writeFileSync(`${path}/tokenizer_config.json`, '{}');
    expect(await runtime.ask(path, ({ tokens }) => tokens.encode(text))).toEqual(ids);
    expect(await runtime.ask(path, ({ tokens }) => tokens.decode([]))).toBe('');
  });
});

const MESSAGES = [{ role: 'user', content: 'Hello' }] as const;
const NAMED = [
  { name: 'tool_use', template: 'tools' },
  { name: 'default', template: '{{ messages[0].content }}!' },
];

describe('chat templates', () => {
  const render = async (
    label: string,
    files: Readonly<Record<string, string | null>>,
  ): Promise<string | null> => {
    const path = assemble('root', `${folder}/${label}`);
    for (const [name, text] of Object.entries(files)) {
      if (text === null) rmSync(`${path}/${name}`);
      else writeFileSync(`${path}/${name}`, text);
    }
    return runtime.ask(path, ({ tokens }) => tokens.chat(MESSAGES));
  };
  const inline = (template: unknown): Record<string, string> => ({
    'tokenizer_config.json': JSON.stringify({ bos_token: { content: '<s>' }, chat_template: template }),
  });

  it.each([
    ['named', inline(NAMED), 'Hello!'],
    ['file', { 'chat_template.jinja': 'file: {{ messages[0]["content"] }}' }, 'file: Hello'],
    ['none', inline(undefined), null],
    ['no configuration', { 'tokenizer_config.json': null }, null],
    ['date', inline('{{ strftime_now("%d %b %Y") }}'), '01 Jan 2025'],
    [
      'namespace',
      inline(
        '{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ bos_token }}{{ ns.n }}',
      ),
      '<s>1',
    ],
    ['no tools', inline('{% if tools is not none %}tools{% else %}plain{% endif %}'), 'plain'],
    [
      'no tools, defined',
      inline('{% if tools is defined and tools %}tools{% else %}plain{% endif %}'),
      'plain',
    ],
  ] as const)('%s', async (label, files, expected) => {
    expect(await render(label, files)).toBe(expected);
  });

  it('says what a template objected to', async () => {
    const refusing = inline('{{ raise_exception("only system prompts") }}');
    await expect(render('refusing', refusing)).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      message: expect.stringContaining('only system prompts'),
    });
  });
});
