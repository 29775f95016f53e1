/** A Content-Range of bytes: first, last and total. */
export interface ContentRange {
  readonly from: number;
  /** First byte behind the range. */
  readonly to: number;
  readonly total: number;
}

/** Parse `bytes 0-99/1000`; undefined for anything else, an unknown total and numbers beyond 2^53 included. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(header ?? '');
  if (!match) return undefined;
  const [from, last, total] = match.slice(1).map(Number) as [number, number, number];
  const sound = from <= last && last < total && Number.isSafeInteger(total);
  return sound ? { from, to: last + 1, total } : undefined;
}
