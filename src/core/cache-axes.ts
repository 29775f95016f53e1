/** Which axis of a key/value cache means what. `heads` is missing where heads are folded into another axis. */
export interface CacheAxes {
  readonly batch: number;
  readonly length: number;
  readonly heads: number | undefined;
  readonly size: number | undefined;
}

const LENGTH_NAME = /past|seq|len|time/i;

/**
 * Axes of one cache input: [batch, heads, length, size] as Optimum writes it, [2, batch, heads, length, size]
 * with keys and values packed, and both with the length elsewhere. Null when no axis is open, or several could
 * be the length.
 */
export function cacheAxes(dims: readonly (number | string)[]): CacheAxes | null {
  if (dims.length < 3 || dims.length > 5) return null;
  const axes = dims.map((_, axis) => axis);
  const open = axes.filter((axis) => isOpen(dims[axis]));
  const named = open.find((axis) => /batch/i.test(String(dims[axis])));
  const batch = named ?? (dims.length === 5 ? 1 : 0);
  const length = lengthAxis(
    dims,
    open.filter((axis) => axis !== batch),
  );
  if (length === undefined) return null;
  const rest = axes.filter((axis) => axis !== batch && axis !== length && (dims.length < 5 || axis > 0));
  const [heads, size] = rest.length === 2 ? rest : [undefined, rest[0]];
  return { batch, length, heads, size };
}

export function isOpen(dim: number | string | undefined): boolean {
  return typeof dim !== 'number' || dim <= 0;
}

function lengthAxis(dims: readonly (number | string)[], candidates: readonly number[]): number | undefined {
  if (candidates.length <= 1) return candidates[0];
  const named = candidates.filter((axis) => LENGTH_NAME.test(String(dims[axis])));
  if (named.length === 1) return named[0];
  return candidates.find((axis) => axis === dims.length - 2);
}
