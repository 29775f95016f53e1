import { betaBinomialLog } from '../../stats/beta-binomial.js';
import { mixDigitsApart } from './digits-apart.js';
import { CHARACTERS, type Explained } from './modes.js';

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

/** How well each tokenizer explains `deviating` of `judged` places; an unknown way of cutting may give any share. */
export function explainPieces(readings: Readonly<Record<string, PieceCount>>): Explained {
  const most = Math.max(
    ...Object.entries(readings).map(([stack, { judged }]) => (stack === CHARACTERS ? 0 : judged)),
  );
  return {
    by: Object.fromEntries(
      Object.entries(readings).map(([stack, { judged, deviating, inNumbers = 0 }]) => {
        // A tokenizer that can judge fewer places is not the likelier for it.
        const places = stack === CHARACTERS ? judged : most;
        return [
          stack,
          mixDigitsApart(
            betaBinomialLog(deviating, places, ...OWN),
            betaBinomialLog(deviating - inNumbers, places, ...OWN),
          ),
        ];
      }),
    ),
    unknown: -Math.log(most + 1),
  };
}
