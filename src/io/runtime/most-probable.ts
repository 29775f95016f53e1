/** An id and its natural-log probability. */
export type RankedId = readonly [id: number, logProb: number];

/** The `count` most probable ids of one row of logits, most probable first; of equals the lower id. */
export function mostProbable(logits: Float32Array, logZ: number, count: number): RankedId[] {
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    // Most of a vocabulary is below the least kept: one comparison an id.
    if (ids.length === count && !(logit > (logits[ids[count - 1] as number] as number))) continue;
    let at = ids.length;
    while (at > 0 && logit > (logits[ids[at - 1] as number] as number)) at--;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  }
  return ids.map((id) => [id, (logits[id] as number) - logZ]);
}
