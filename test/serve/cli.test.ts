import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { model } from '../support/fixtures.js';
import { CLI, cli } from '../support/hostile-candidates.js';

test('assay serve says where, answers, and ends cleanly on Ctrl-C', async () => {
  const args = [
    'serve',
    model('quill/full-1'),
    '--model',
    'quill',
    '--dialect',
    'vllm',
    '--cheat',
    'forge=r1',
    '--json',
  ];
  const child = spawn(process.execPath, [CLI, ...args, '--api-key-env', 'SERVE_KEY'], {
    env: { PATH: process.env.PATH, SERVE_KEY: 'k-123' },
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  const { url, model: name } = JSON.parse(line);
  expect(name).toBe('r1');
  const ask = (key: string): Promise<Response> =>
    fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Rain?' }], max_tokens: 3 }),
    });
  expect((await ask('wrong')).status).toBe(401);
  expect(await (await ask('k-123')).json()).toMatchObject({ model: 'r1', usage: { completion_tokens: 3 } });
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test.each([
  ['--dialect', 'nonsense'],
  ['--cheat', 'nonsense'],
  ['--port', '70000'],
])('%s %s is refused with exit code 2', async (...flags) => {
  expect((await cli(['serve', model('quill/full-1'), ...flags])).code).toBe(2);
});
