import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bit, stopFilter, type Thinking, thinkingSplit } from '../../src/sources/answer-bits.js';

/** A text in any bits, some of them empty. */
const cutText = (text: string, cuts: readonly number[]): Bit[] => {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort(
    (a, b) => a - b,
  );
  return places.map((place, at) => ({ text: text.slice(place, places[at + 1] ?? place), tokens: [] }));
};
const fragments = fc
  .array(fc.constantFrom('<think>', '</think>', '<', '</', 'think>', 'rain', '\n', ' ', 'STOP', 'ST', '🌧'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const anyCuts = fc.array(fc.nat(200), { maxLength: 20 });

function split(bits: readonly Bit[], thinking: Thinking): { text: string; reasoning: string } {
  const splitter = thinkingSplit(thinking);
  const pieces = [...bits.flatMap((bit) => splitter.push([bit])), ...splitter.rest()];
  const said = (channel: string): string =>
    pieces.map((piece) => (piece.channel === channel ? piece.text : '')).join('');
  return { text: said('text'), reasoning: said('reasoning') };
}

/** What the split means, on a whole text. */
function reference(text: string, thinking: Thinking): { text: string; reasoning: string } {
  const begun = text.trimStart();
  const opens = thinking === 'maybe' && begun.startsWith('<think>');
  if (thinking === 'never' || (thinking === 'maybe' && !opens)) return { text, reasoning: '' };
  const inner = opens ? begun.slice('<think>'.length) : text;
  const close = inner.indexOf('</think>');
  return close < 0
    ? { text: '', reasoning: inner }
    : { text: inner.slice(close + '</think>'.length), reasoning: inner.slice(0, close) };
}

test('property: thoughts are split the same however the text arrives', () => {
  fc.assert(
    fc.property(
      fragments,
      anyCuts,
      fc.constantFrom<Thinking>('maybe', 'opened', 'never'),
      (text, cuts, thinking) => {
        expect(split(cutText(text, cuts), thinking)).toEqual(reference(text, thinking));
      },
    ),
  );
});

test('property: an answer ends before its first stop text however it arrives', () => {
  fc.assert(
    fc.property(fragments, anyCuts, (text, cuts) => {
      const filter = stopFilter(['STOP', 'Train']);
      let out = '';
      let stopped = false;
      for (const bit of cutText(text, cuts)) {
        if (stopped) break;
        const pushed = filter.push(bit);
        out += pushed.bits.map((part) => part.text).join('');
        stopped = pushed.stopped;
      }
      if (!stopped)
        out += filter
          .rest()
          .map((part) => part.text)
          .join('');
      expect(out).toBe(text.split(/STOP|Train/)[0]);
      expect(stopped).toBe(/STOP|Train/.test(text));
    }),
  );
});

test('tokens of markup stay, without text', () => {
  const token = (id: number) => ({ text: '', bytes: null, id, logProb: -1, top: [] });
  const splitter = thinkingSplit('maybe');
  const bits = ['<think>', 'a', '</think>', 'b'].map((text, id) => ({ text, tokens: [token(id)] }));
  const pieces = [...splitter.push(bits), ...splitter.rest()];
  expect(pieces.flatMap(({ tokens }) => tokens.map(({ id }) => id))).toEqual([0, 1, 2, 3]);
});
