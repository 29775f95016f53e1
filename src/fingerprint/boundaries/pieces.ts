import { betaBinomialLog } from '../../stats/beta-binomial.js';
import { mixDigitsApart } from './digits-apart.js';
import { type Explained, isModelStack } from './modes.js';

/**
 * Chance that an edge or token of a server contradicts its own tokenizer, as a Beta prior: mean 0.25 %. Of 951 tokens
 * of a recorded R1 two are not those its tokenizer gives.
 */
const OWN = [0.5, 200] as const;

/** Places where a server and a tokenizer may differ, and where they do. */
export interface PieceCount {
  readonly judged: number;
  readonly deviating: number;
  /** Of those, places between two digits. */
  readonly inNumbers?: number;
}

/**
 * What an unknown way of cutting gives, as a Beta prior on the share of places where even the tokenizer that fits best
 * differs. Text may be streamed in words, which are whole tokens of many tokenizers: any share is as likely.
 */
const STREAMED = [1, 1] as const;
/** Nobody reports words for tokens: that all ends are a known tokenizer's by luck becomes rare with their number. */
export const REPORTED = [2, 1] as const;

/** How well each tokenizer explains `deviating` of `judged` places. */
export function explainPieces(
  readings: Readonly<Record<string, PieceCount>>,
  anyhow: readonly [a: number, b: number] = STREAMED,
): Explained {
  const most = Math.max(
    ...Object.entries(readings).map(([stack, { judged }]) => (isModelStack(stack) ? judged : 0)),
  );
  const fewest = Math.min(
    ...Object.entries(readings).map(([stack, { deviating }]) => (isModelStack(stack) ? deviating : most)),
  );
  return {
    by: Object.fromEntries(
      Object.entries(readings).map(([stack, { judged, deviating, inNumbers = 0 }]) => {
        // A tokenizer that can judge fewer places is not the likelier for it.
        const places = isModelStack(stack) ? most : judged;
        return [
          stack,
          mixDigitsApart(
            betaBinomialLog(deviating, places, ...OWN),
            betaBinomialLog(deviating - inNumbers, places, ...OWN),
          ),
        ];
      }),
    ),
    unknown: betaBinomialLog(Math.min(fewest, most), most, ...anyhow),
  };
}
