/** Upper ends of bins; fine at the top, where verdicts live. */
export const BIN_ENDS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1];

/** Mean stated confidence and share of right answers per bin `(previous end, end]`; empty bins left out. */
export function reliability(answers, ends = BIN_ENDS) {
  return ends.flatMap((end, at) => {
    const start = at === 0 ? Number.NEGATIVE_INFINITY : ends[at - 1];
    const inside = answers.filter(({ confidence }) => confidence > start && confidence <= end);
    if (inside.length === 0) return [];
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / inside.length;
    return [
      {
        end,
        count: inside.length,
        confidence: mean(inside.map(({ confidence }) => confidence)),
        right: mean(inside.map((answer) => (answer.right ? 1 : 0))),
      },
    ];
  });
}

/** Expected calibration error: gaps of the bins, weighted by how many answers they hold (Naeini, Cooper and Hauskrecht 2015). */
export function calibrationError(answers, ends = BIN_ENDS) {
  return reliability(answers, ends).reduce(
    (sum, { count, confidence, right }) => sum + (count / answers.length) * Math.abs(confidence - right),
    0,
  );
}
