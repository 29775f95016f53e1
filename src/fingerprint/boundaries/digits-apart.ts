import { logSumExp } from '../../stats/log-sum-exp.js';

/**
 * Chance that a model spells numbers out digit by digit through a session, against a tokenizer that groups them. No
 * recording shows it; without it a session of sums would refute every tokenizer but Qwen's.
 */
const DIGITS_APART = 0.01;

/** ln likelihood from those with digits as the tokenizer has them, and with digits apart. */
export function mixDigitsApart(grouped: number, apart: number): number {
  return logSumExp([grouped + Math.log(1 - DIGITS_APART), apart + Math.log(DIGITS_APART)], 0, 2);
}
