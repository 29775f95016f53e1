// Writes fixtures/golden/tokenizers/gpt-tokenizer.json: ids by an independent implementation, the npm package
// gpt-tokenizer, for texts drawn here with a fixed seed:  node scripts/tokenizers/golden.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchGptTokenizer } from './tiktoken.mjs';

const folder = fetchGptTokenizer();
const { version } = JSON.parse(readFileSync(join(folder, 'package.json')));
const load = (name) => import(pathToFileURL(join(folder, 'esm', 'encoding', `${name}.js`)).href);
const encodings = { cl100k: await load('cl100k_base'), o200k: await load('o200k_base') };

let state = 1;
const draw = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor(((state >>> 8) / 2 ** 24) * below);
};
// Neither U+0085 nor U+FEFF, which JavaScript's \s takes otherwise than the original engine.
const RANGES = [
  [32, 95],
  [48, 10],
  [97, 26],
  [65, 26],
  [0xa1, 400],
  [0x391, 60],
  [0x410, 64],
  [0x905, 50],
  [0x4e00, 6000],
  [0xac00, 8000],
  [0x1f330, 200],
];
const SPACES = [' ', '  ', '\n', '\r\n', '\t', ' \n ', "'s ", "'LL ", '\u0000', '\u3000'];
const random = () =>
  Array.from({ length: 1 + draw(24) }, () => {
    if (draw(4) === 0) return SPACES[draw(SPACES.length)];
    const [from, many] = RANGES[draw(RANGES.length)];
    return String.fromCodePoint(from + draw(many));
  }).join('');
const fixed = [
  '',
  ' ',
  'a\n  \n b',
  '   trailing   ',
  'x\r\n\r\n\r\ny',
  '\u0000\u0000',
  '12345678901',
  "don't I'LL you'Re",
  'naïve café',
  '<|endoftext|>',
  'a'.repeat(300),
  `${' '.repeat(200)}x`,
];
const texts = [...fixed, ...Array.from({ length: 300 }, random)];
const ids = Object.fromEntries(
  Object.entries(encodings).map(([name, { encode }]) => [
    name,
    texts.map((text) => encode(text, { disallowedSpecial: new Set() })),
  ]),
);
writeFileSync(
  new URL('../../fixtures/golden/tokenizers/gpt-tokenizer.json', import.meta.url),
  `${JSON.stringify({ by: `gpt-tokenizer ${version}`, texts, ids })}\n`,
);
