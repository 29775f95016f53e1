/** Chance that a value of `high` exceeds one of `low`, ties counted half: the area under the ROC curve (Mann and Whitney 1947). */
export function auc(low, high) {
  const all = [...low.map((value) => [value, 0]), ...high.map((value) => [value, 1])].sort(
    (a, b) => a[0] - b[0],
  );
  let below = 0;
  let wins = 0;
  for (let at = 0; at < all.length; ) {
    let end = at;
    const tied = [0, 0];
    while (end < all.length && all[end][0] === all[at][0]) tied[all[end++][1]]++;
    wins += tied[1] * (below + tied[0] / 2);
    below += tied[0];
    at = end;
  }
  return wins / (low.length * high.length);
}
