/** Milliseconds a Retry-After header asks for: seconds or a date; undefined where it holds neither. */
export function retryAfterMs(header: string | undefined, wallClockMs: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,6})?$/.test(value)) return Number(value) * 1000;
  // Dates other than HTTP's would be read in the auditor's time zone.
  if (!/^[A-Z][a-z]{2}, .* GMT$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallClockMs);
}
