import { studentTLogPdf } from './student-t.js';
import { summarize } from './summary.js';

/** Degrees of freedom of descriptive statistics: a handful of reference models supports no thinner tails. */
const DF = 4;
/** An unknown model may lie this many times the spread away without surprise. */
const STRANGER_SPREAD = 3;

/**
 * Log-likelihood per hypothesis of one descriptive number, from the same number in reference runs: Student's t
 * around each hypothesis' mean with the larger of its own spread and `floor`, and a three times wider one
 * around all references for `other`.
 * Source: location-scale t, Lange, Little and Taylor 1989 (JASA 84:881).
 *
 * @param x the candidate's value
 * @param references values per hypothesis, each with at least one
 * @param floor smallest spread believed, in the unit of x: what independently trained models of one recipe show
 * @example softLikelihood(0.76, { full: [0.76, 0.77], student: [0.75] }, 0.03)
 */
export function softLikelihood(
  x: number,
  references: Readonly<Record<string, readonly number[]>>,
  floor: number,
): Record<string, number> {
  const all = Object.values(references).flat();
  const logs = Object.entries(references).map(([id, values]): [string, number] => {
    const { mean, sd } = summarize(values);
    return [id, studentTLogPdf(x, { df: DF, location: mean, scale: Math.max(sd ?? 0, floor) })];
  });
  const centre = summarize(all).mean;
  return {
    ...Object.fromEntries(logs),
    other: studentTLogPdf(x, { df: DF, location: centre, scale: STRANGER_SPREAD * floor }),
  };
}
