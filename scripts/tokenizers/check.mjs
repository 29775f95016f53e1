// Holds the shipped vocabularies against @huggingface/tokenizers, token by token:
//   npm run build && node scripts/tokenizers/check.mjs <deepseek folder> <qwen2.5 folder> <llama-3 folder> [texts...]
// 20,000 random strings and every further file, cut into messages of 2,000 characters.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenStack } from '../../dist/esm/io/tokenizer-stack.js';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';

const [deepseek, qwen, llama, ...files] = process.argv.slice(2);
if (!llama)
  throw new Error('usage: check.mjs <deepseek folder> <qwen2.5 folder> <llama-3 folder> [texts...]');

let state = 11;
const draw = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const SPACES = [' ', '  ', '\n', '\r\n', '\t', '\0', '\u00a0', '\u3000', "'s", "'LL", '\u200d'];
/** Any character but surrogates and those that no Unicode version has assigned: engines differ there by age alone. */
const character = () => {
  for (;;) {
    const text = String.fromCodePoint(draw([0x250, 0x3000, 0x10000, 0x20000][draw(4)]));
    if (!/[\p{Cs}\p{Cn}]/u.test(text)) return text;
  }
};
const random = () =>
  Array.from({ length: 1 + draw(24) }, () =>
    draw(5) === 0 ? SPACES[draw(SPACES.length)] : character(),
  ).join('');
const texts = Array.from({ length: 20000 }, random);
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  for (let at = 0; at < text.length; at += 2000) texts.push(text.slice(at, at + 2000));
}
const shipped = tokenStacks({});
for (const [id, folder] of [
  ['deepseek-v3', deepseek],
  ['qwen2.5', qwen],
  ['llama-3', llama],
]) {
  const own = await shipped.load(id);
  const theirs = loadTokenStack(id, join(folder, 'tokenizer.json'));
  let differing = 0;
  for (const text of texts) {
    const same = Buffer.from(own.ends(text).buffer).equals(
      Buffer.from(theirs.ends(text.replace(/\p{Cs}/gu, '\ufffd')).buffer),
    );
    if (!same && ++differing <= 3) process.stdout.write(`${id}: ${JSON.stringify(text.slice(0, 200))}\n`);
  }
  process.stdout.write(`${id}: ${differing} of ${texts.length} texts differ\n`);
  if (differing > 0) process.exitCode = 1;
}
