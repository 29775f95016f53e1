import type { SignalInput, VariantView } from '../../core/types.js';
import { meanDifference, pairPositions } from '../paired-log-probs.js';
import type { LogProbabilities } from '../probes/log-probabilities.js';

/** Nats; four times the most that engines and 16-bit storage were seen to move answers (0.012, bfloat16). */
const MOVED = 0.05;
/** Fewer positions than this and a mean says little. */
const MIN_POSITIONS = 32;
/**
 * Share of genuine candidates whose weights look changed and whose answers nobody compared: some tool may rewrite weights
 * and keep every answer, as centring what a LayerNorm removes does. Policy; alone it must not refute.
 */
const UNCONFIRMED = Math.log(1e-3);

/**
 * How unlikely a measured version is where the candidate's weights are not its own: as stated where answers moved too, and
 * no less than one in a thousand where they did not, or were not compared.
 */
export function confirmedByAnswers({ candidate }: Pick<SignalInput, 'candidate'>) {
  const answers = candidate['log-probabilities'] as LogProbabilities | undefined;
  return ({ runs, impliedBy }: VariantView, log: number): number => {
    if (log >= UNCONFIRMED || impliedBy !== undefined) return log;
    const differences = runs.flatMap(({ data }) => {
      const theirs = data['log-probabilities'] as LogProbabilities | undefined;
      const positions = answers && theirs ? pairPositions(answers, theirs) : [];
      return positions.length < MIN_POSITIONS ? [] : [meanDifference(positions)];
    });
    return differences.length > 0 && Math.min(...differences) > MOVED ? log : UNCONFIRMED;
  };
}
