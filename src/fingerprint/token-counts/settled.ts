interface Counted {
  readonly counts: Readonly<Record<string, number>>;
  readonly promptTokens: number | null;
}

/** The one stack under which all requests so far have the same overhead; undefined where none or several fit. */
export function settledStack(requests: readonly Counted[]): string | undefined {
  const ids = Object.keys(requests[0]?.counts ?? {});
  const fitting = ids.filter((id) => {
    const overheads = requests.map(({ counts, promptTokens }) =>
      promptTokens === null ? Number.NaN : promptTokens - (counts[id] ?? 0),
    );
    return overheads.every((overhead) => overhead === overheads[0]);
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}
