import { readFileSync } from 'node:fs';
import type { Engine, EngineRequest } from '../../src/core/types.js';
import { loadTokenizer, type TextCodec } from '../../src/io/runtime/tokenizer.js';
import { replayModel } from '../../src/serve/replay-model.js';
import { localEngine } from '../../src/sources/local-engine.js';
import { tokenBytes } from '../../src/sources/token-bytes.js';
import { model } from './fixtures.js';

const FOLDER = model('quill/full-1');
/** `<|end|>` of that tokenizer. */
const END = 3;

export const codec: TextCodec = loadTokenizer(`${FOLDER}/tokenizer.json`, {});

/** Characters of three bytes and of four, which 1,024 tokens cannot hold whole. */
export const REASONING = '\nRain comes first: 天气 🌧.\nThen 7 × 6.\n';
export const TEXT = '\n\nForty-two, said the café — 四十二. 🌧 It rains no more, and nobody asked why.';

/** Renders as DeepSeek's templates do, roles between marks. */
const render = (messages: readonly { readonly role: string; readonly content: string }[]): string =>
  `${messages.map(({ role, content }) => `<|${role}|>${content}<|end|>`).join('')}<|assistant|>`;

/** A model that says `said` to whatever it is asked, with the tokens of a real tokenizer. */
export function replayEngine(said: string = `<think>${REASONING}</think>${TEXT}`): Engine {
  const ids = [...codec.encode(said, false), END];
  const parts = replayModel({
    tokens: {
      encode: async (text, { special = true } = {}) => codec.encode(text, special),
      decode: async (list) => codec.decode(list),
    },
    chat: render,
    continue: () => ids,
    endTokenIds: [END],
  });
  const bytes = tokenBytes(vocabulary(), parts.tokens);
  return localEngine({ ...parts, tokenBytes: () => bytes }, { name: 'replayed', maxPositions: 4096 });
}

function vocabulary(): string[] {
  const { model: own } = JSON.parse(readFileSync(`${FOLDER}/tokenizer.json`, 'utf8'));
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(own.vocab as Record<string, number>)) tokens[id] = token;
  return tokens;
}

export const ASKED: EngineRequest = {
  prompt: { kind: 'chat', messages: [{ role: 'user', content: 'How many?' }] },
  maxTokens: 400,
  temperature: 0,
  topP: 1,
  seed: 0,
};
