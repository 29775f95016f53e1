import type { Tensor } from 'onnxruntime-node';
import { APPLIED_COLUMNS, COLUMN, COLUMNS, MASK_GAP } from '../../tap/columns.js';
import type { TappedSite } from '../../tap/plan.js';
import { floats } from './floats.js';

/** Tokens of the stacks that ran; equal for a model with one. */
export interface Lengths {
  readonly encoder: number;
  readonly decoder: number;
}

/** What one site returned for a text. */
export interface AttentionTable {
  readonly heads: number;
  readonly queries: number;
  readonly hasApplied: boolean;
  cell(head: number, query: number, column: keyof typeof COLUMN): number;
  /** Keys a query sees. */
  visible(head: number, query: number): number;
}

export interface Problem {
  readonly problem: string;
}

/** The table of one site, or why that is no attention over the tokens of the text. */
export function readTable(
  site: TappedSite,
  outputs: Readonly<Record<string, Tensor>>,
  lengths: Lengths,
): AttentionTable | Problem {
  const tensor = outputs[site.table];
  const dims = tensor?.dims ?? [];
  const [queries = 0, columns = 0] = dims.slice(-2);
  const problem = shapeProblem(site, dims, lengths) ?? textProblem(site, outputs, lengths);
  if (problem !== undefined) return { problem };
  // Grouped layers may keep the groups apart: [batch, key/value heads, group, queries, columns].
  const heads = dims.slice(dims.length > 3 ? 1 : 0, -2).reduce((product, dim) => product * dim, 1);
  const data = floats(tensor, site.table);
  const cell: AttentionTable['cell'] = (head, query, column) =>
    data[(head * queries + query) * columns + COLUMN[column]] as number;
  const keys = integersOf(outputs[site.shape]).at(-1) ?? 0;
  const fewest = Math.min(...[lengths.encoder, lengths.decoder].filter((length) => length > 0));
  if (keys < fewest) return { problem: `it has ${keys} keys; the prompt has ${fewest} tokens` };
  const table = { heads, queries, hasApplied: columns === APPLIED_COLUMNS, cell };
  const visible = visibility(site, table, Math.max(lengths.encoder, lengths.decoder));
  return typeof visible === 'string' ? { problem: visible } : { ...table, visible };
}

export function integersOf(tensor: Tensor | undefined): number[] {
  return Array.from((tensor?.data ?? []) as ArrayLike<bigint>, Number);
}

function shapeProblem(
  site: TappedSite,
  dims: readonly number[],
  { decoder, encoder }: Lengths,
): string | undefined {
  const [queries = 0, columns] = dims.slice(-2);
  if (columns !== COLUMNS && columns !== APPLIED_COLUMNS) return 'it returned no statistics';
  if (dims.length < 3 || dims.length > 5 || (dims.length > 3 && dims[0] !== 1))
    return `its weights have ${dims.length} dimensions; expected one text, heads, queries and keys`;
  if (site.axis !== null && site.axis !== -1 && site.axis !== dims.length - 1)
    return `its softmax works along axis ${site.axis}, which is not that of the keys`;
  if (queries !== decoder && queries !== encoder)
    return `it has ${queries} queries; the prompt has ${decoder} tokens`;
  return undefined;
}

/** Operators that are told where the text ends compute nothing beyond. */
function textProblem(
  { last }: TappedSite,
  outputs: Readonly<Record<string, Tensor>>,
  { decoder }: Lengths,
): string | undefined {
  const positions = last === null ? [] : integersOf(outputs[last]);
  return positions.some((position) => position !== decoder - 1)
    ? `its text ends at token ${positions}; the prompt has ${decoder} tokens`
    : undefined;
}

type Counts = Omit<AttentionTable, 'visible'>;

/**
 * Keys each query sees: known from the operator, or counted by score. A mask too weak to be told from a low score
 * shows by weight: then only a layer that is plainly causal is believed.
 */
function visibility(
  { window }: TappedSite,
  { heads, queries, cell }: Counts,
  tokens: number,
): AttentionTable['visible'] | string {
  if (window !== null) return (_, query) => Math.min(query + 1, window);
  const every = Array.from({ length: heads * queries }, (_, row) => row);
  const split = (row: number): [head: number, query: number] => [Math.floor(row / queries), row % queries];
  const hasNone = (head: number, query: number): boolean => cell(head, query, 'largestScore') < MASK_GAP;
  // The first query may see nothing at all; it is left out of every mean.
  if (
    every.some((row) => row % queries > 0 && hasNone(...split(row))) ||
    every.some((row) => cell(...split(row), 'largestScore') > -MASK_GAP)
  )
    return 'its scores are too large to be told from a mask';
  if (every.some((row) => cell(...split(row), 'visible') > tokens))
    return `its queries see more keys than the ${tokens} tokens there are`;
  const rows = every.slice(0, queries);
  const attended = (query: number): number => cell(0, query, 'attended');
  const hidesLess = rows.some((query) => cell(0, query, 'visible') > query + 1);
  if (hidesLess && rows.every((query) => attended(query) <= query + 1))
    return rows.every((query) => attended(query) === query + 1)
      ? (_, query) => query + 1
      : 'its mask is too weak to tell hidden keys from unattended ones';
  return (head, query) => (hasNone(head, query) ? 0 : cell(head, query, 'visible'));
}
