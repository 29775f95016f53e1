import type { AnswerPiece } from '../../core/types.js';
import type { Stage } from './dialect.js';

const merged = (pieces: readonly AnswerPiece[]): AnswerPiece[] => {
  const out: AnswerPiece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (last?.channel === piece.channel)
      out[out.length - 1] = {
        ...piece,
        text: last.text + piece.text,
        tokens: [...last.tokens, ...piece.tokens],
      };
    else out.push(piece);
  }
  return out;
};

/** Collects pieces and lets go of them when `full`, as `release` makes of them. */
function held(
  full: (count: number, released: number) => boolean,
  release: (pieces: readonly AnswerPiece[]) => readonly AnswerPiece[],
): () => Stage {
  return () => {
    let waiting: AnswerPiece[] = [];
    let released = 0;
    const letGo = (): readonly AnswerPiece[] => {
      const out = release(waiting);
      waiting = [];
      released++;
      return out;
    };
    return {
      piece: (piece) => {
        waiting.push(piece);
        return full(waiting.length, released) ? letGo() : [];
      },
      end: letGo,
    };
  };
}

/** Chunks of several tokens, sizes in turn: [1, 3, 2, 3, 2] is 2.2 on average, as speculative decoding sends. */
export function grouped(sizes: readonly number[]): () => Stage {
  return held((count, released) => count >= (sizes[released % sizes.length] ?? 1), merged);
}

/** The whole answer in one chunk per channel. */
export const whole: () => Stage = held(() => false, merged);

/** One chunk per token, but many at once. */
export function bursts(size: number): () => Stage {
  return held(
    (count) => count >= size,
    (pieces) => pieces,
  );
}

/** Reasoning as text, in tags as the model writes them; `open` false leaves out the first, as templates that open it do. */
export function inlineThinking({ open }: { readonly open: boolean }): () => Stage {
  return () => {
    let state: 'start' | 'reasoning' | 'text' = 'start';
    const text = (piece: AnswerPiece, before: string): AnswerPiece => ({
      ...piece,
      channel: 'text',
      text: before + piece.text,
    });
    return {
      piece: (piece) => {
        const before =
          piece.channel === 'reasoning'
            ? state === 'start' && open
              ? '<think>'
              : ''
            : state === 'reasoning'
              ? '</think>'
              : '';
        state = piece.channel;
        return [text(piece, before)];
      },
      end: () => [],
    };
  };
}

/** Reasoning that never leaves the server. */
export const withoutReasoning: () => Stage = () => ({
  piece: (piece) => (piece.channel === 'reasoning' ? [] : [piece]),
  end: () => [],
});
