// An engine whose text is prose and whose tokens are those of a public tokenizer, to be served over HTTP.
import { seededRng } from '../../../dist/esm/core/rng.js';
import { answer } from './writer.mjs';

/** Tokens that the R1 template puts around the only message. */
const TEMPLATE = 4;
/** Requests are told apart by their text, so that the same request is answered alike. */
const hash = (text) =>
  [...text].reduce((sum, character) => (Math.imul(sum, 31) + character.codePointAt(0)) | 0, 7);

export function stackEngine(stack, { name = 'deepseek-r1', temper, pool }) {
  return {
    name,
    maxPositions: undefined,
    answer: async ({ prompt, maxTokens, logitBias }, emit) => {
      const text =
        prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join('\n');
      const promptTokens = stack.count(text) + TEMPLATE;
      const biased = Object.keys(logitBias ?? {})[0];
      const [reasoning, content] =
        biased === undefined
          ? answer(temper, text, pool, seededRng(hash(text)))
          : [
              '',
              Buffer.from(stack.bytes(Number(biased)) ?? [])
                .toString()
                .repeat(maxTokens),
            ];
      let used = 0;
      for (const [channel, part] of [
        ['reasoning', reasoning],
        ['text', content],
      ]) {
        for (const piece of pieces(stack, part)) {
          if (used >= maxTokens) break;
          used += piece.tokens;
          emit({ channel, text: piece.text, tokens: [], soFar: { promptTokens, completionTokens: used } });
        }
      }
      return {
        finish: used >= maxTokens ? 'length' : 'stop',
        usage: { promptTokens, completionTokens: used, reasoningTokens: null, cachedTokens: 0 },
      };
    },
  };
}

/** Tokens of a text, those that share a character together. */
function* pieces(stack, text) {
  const bytes = Buffer.from(text);
  let start = 0;
  let tokens = 0;
  for (const end of stack.ends(text)) {
    tokens++;
    if (end < bytes.length && (bytes[end] & 0xc0) === 0x80) continue;
    yield { text: bytes.toString('utf8', start, end), tokens };
    start = end;
    tokens = 0;
  }
}
