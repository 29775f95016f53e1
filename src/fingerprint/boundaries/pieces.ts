import { betaBinomialLog } from '../../stats/beta-binomial.js';
import { CHARACTERS, type Explained } from './modes.js';

/**
 * Chance that an edge or token of a server contradicts its own tokenizer, as a Beta prior: mean 0.25 %. Of 951 tokens
 * of a recorded R1 two are not those its tokenizer gives.
 */
const OWN = [0.5, 200] as const;

/** How well each tokenizer explains `deviating` of `judged` places; an unknown way of cutting may give any share. */
export function explainPieces(
  readings: Readonly<Record<string, { readonly judged: number; readonly deviating: number }>>,
): Explained {
  const most = Math.max(
    ...Object.entries(readings).map(([stack, { judged }]) => (stack === CHARACTERS ? 0 : judged)),
  );
  return {
    by: Object.fromEntries(
      Object.entries(readings).map(([stack, { judged, deviating }]) => [
        stack,
        // A tokenizer that can judge fewer places is not the likelier for it.
        betaBinomialLog(deviating, stack === CHARACTERS ? judged : most, ...OWN),
      ]),
    ),
    unknown: -Math.log(most + 1),
  };
}
