/** What the guides look at: heads of each layer, mean attention entropy, n-gram repetition of greedy text. Null where a run shows none. */
export function guideFeatures({ probes }) {
  const attention = probes['attention-statistics'];
  const repetition = probes.repetition;
  if (attention?.status !== 'ok' || repetition?.status !== 'ok' || attention.data.layers === 0) return null;
  return {
    heads: attention.data.headCount.join(),
    entropy: mean(attention.data.prompts.flatMap(({ normalizedEntropy }) => normalizedEntropy.flat())),
    repetition: mean(repetition.data.flatMap((row) => row['seq-rep-4'] ?? [])),
  };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
