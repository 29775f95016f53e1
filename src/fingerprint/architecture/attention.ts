import { agreed } from './sources.js';
import { inputWidth, ofRole, outputWidth, type PlacedTensor } from './tensors.js';

/** Latent attention; its shapes determine everything. */
export interface LatentFacts {
  readonly queryLoraRank: number | undefined;
  readonly keyValueLoraRank: number | undefined;
  readonly qkRopeHeadDim: number | undefined;
  readonly qkNopeHeadDim: number | undefined;
  readonly valueHeadDim: number | undefined;
  readonly attentionHeads: number | undefined;
}

/** Attention with heads of one size: shapes only show products, unless something has the length of one head. */
export interface GroupedFacts {
  readonly headDim: number | undefined;
  readonly attentionHeads: number | undefined;
  readonly keyValueHeads: number | undefined;
  /** Rows of the query projection: heads times head size. */
  readonly queryWidth: number | undefined;
  readonly keyWidth: number | undefined;
  readonly fusedWidth: number | undefined;
}

export function latentFacts(tensors: readonly PlacedTensor[]): LatentFacts | null {
  const rank = agreed(lengths(tensors, 'key-value-a-norm'));
  if (rank === undefined) return null;
  const joint = agreed(ofRole(tensors, 'key-value-a').map(outputWidth));
  const rope = joint !== undefined && joint > rank ? joint - rank : undefined;
  const queryRank = agreed(lengths(tensors, 'query-a-norm'));
  const query = agreed([...ofRole(tensors, 'query-b'), ...ofRole(tensors, 'query')].map(outputWidth));
  const output = agreed(ofRole(tensors, 'output').map(inputWidth));
  const heads = splitHeads(tensors) ?? joinedHeads(tensors, query, output, rope);
  const value = whole(output, heads);
  const perHead = whole(query, heads);
  return {
    queryLoraRank: queryRank,
    keyValueLoraRank: rank,
    qkRopeHeadDim: rope,
    qkNopeHeadDim: perHead !== undefined && rope !== undefined && perHead > rope ? perHead - rope : undefined,
    valueHeadDim: value,
    attentionHeads: heads,
  };
}

/** Query rows are h(n + r), key/value rows h(n + v), output columns h v. */
function joinedHeads(
  tensors: readonly PlacedTensor[],
  query: number | undefined,
  output: number | undefined,
  rope: number | undefined,
): number | undefined {
  const keyValue = agreed(ofRole(tensors, 'key-value-b').map(outputWidth));
  if (query === undefined || output === undefined || keyValue === undefined) return undefined;
  return whole(query - keyValue + output, rope);
}

/** llama.cpp cuts the key/value expansion into stacks of one matrix per head. */
function splitHeads(tensors: readonly PlacedTensor[]): number | undefined {
  const stacks = [...ofRole(tensors, 'key-b'), ...ofRole(tensors, 'value-b')].filter(
    ({ dims }) => dims.length === 3,
  );
  return stacks.length > 0 ? agreed(stacks.map(({ dims }) => dims[0])) : undefined;
}

export function groupedFacts(tensors: readonly PlacedTensor[]): GroupedFacts {
  // Gated attention (Qwen3-Next) widens the query projection; what comes out of the heads tells by how much.
  const output = agreed(ofRole(tensors, 'output').map(inputWidth));
  const queryRows = agreed(ofRole(tensors, 'query').map(outputWidth));
  const queryWidth = queryRows === output ? queryRows : undefined;
  const keyWidth = agreed([...ofRole(tensors, 'key'), ...ofRole(tensors, 'value')].map(outputWidth));
  const fusedWidth = agreed(ofRole(tensors, 'query-key-value').map(outputWidth));
  const sinks = agreed(lengths(tensors, 'attention-sinks'));
  const headDim = normLength(tensors, queryWidth) ?? whole(queryWidth, sinks);
  return {
    headDim,
    attentionHeads: whole(queryWidth, headDim),
    keyValueHeads: whole(keyWidth, headDim),
    queryWidth,
    keyWidth,
    fusedWidth,
  };
}

/** A norm as long as the whole projection, as OLMo 2 has, is not one per head. */
function normLength(tensors: readonly PlacedTensor[], queryWidth: number | undefined): number | undefined {
  const length = agreed([...lengths(tensors, 'query-norm'), ...lengths(tensors, 'key-norm')]);
  return length === queryWidth ? undefined : length;
}

function lengths(
  tensors: readonly PlacedTensor[],
  role: 'query-norm' | 'key-norm' | 'query-a-norm' | 'key-value-a-norm' | 'attention-sinks',
): (number | undefined)[] {
  return ofRole(tensors, role).map(({ dims }) => (dims.length === 1 ? dims[0] : undefined));
}

function whole(product: number | undefined, factor: number | undefined): number | undefined {
  if (product === undefined || factor === undefined || factor <= 0) return undefined;
  const quotient = product / factor;
  return Number.isInteger(quotient) && quotient > 0 ? quotient : undefined;
}
