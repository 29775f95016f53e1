import type { GraphBuilder } from '../formats/onnx/builder.js';
import type { NodeEdit } from '../formats/onnx/rewrite.js';
import type { OnnxNode } from '../formats/onnx/types.js';

/** One attention layer of a graph, found by its structure. */
export interface Site {
  readonly node: OnnxNode;
  /** Operator that computes the probabilities, with its domain unless that is the default one. */
  readonly operator: string;
  /** What the graph shows without being run; 0 when unknown. */
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** Keys are expanded from a vector that all heads share (MLA). */
  readonly latent: boolean;
  /** Values it reads and makes; absent where something between them may have changed what they mean. */
  readonly flow?: SiteFlow;
  /** False for layers that stand in place of attention, such as a recurrence. */
  readonly attends: boolean;
  /** Its node is replaced by several, which only the outermost graph takes out of order. */
  readonly replaced: boolean;
  /** Makes the numbers of this site values of its graph, or says why they cannot be had. */
  readonly attach: ((editor: SiteEditor) => Attachment) | { readonly problem: string };
}

/** Names of the values around a site. What is packed into one value has its name more than once. */
export interface SiteFlow {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** The weighted sum of values. */
  readonly attended: string;
}

/** What a site may do to its graph. */
export interface SiteEditor {
  readonly builder: GraphBuilder;
  /** Change the site's own node. */
  change(edit: NodeEdit): void;
  /** Leave the site's own node out; the builder must then make its first output. */
  replace(): void;
}

/** Names of values once the graph is edited: [batch, heads, queries, keys], or [batch·heads, queries, keys]. */
export interface Attachment {
  /** Scores as they enter the softmax: scaled, capped and masked. */
  readonly scores?: string;
  /** Softmax output. Absent when only the scores are given. */
  readonly probabilities?: string;
  /** What multiplies the values, where that may be something else than the softmax output. */
  readonly applied?: string;
  /** TensorProto.DataType of the scores: half-precision ones go through a softmax in float32 again. */
  readonly elemType?: number;
  /** Axis the softmax works along, as the file states it; the run must show that it is the last. */
  readonly axis?: number;
  /** The operator hides what follows a query, so nothing after it needs to be looked at. */
  readonly causal?: boolean;
  /** Keys a query sees at most, itself included, of a causal operator that hides no others. */
  readonly window?: number;
  /** The scores are not masked: what is not causal, or outside the window, has to be hidden. */
  readonly bare?: { readonly window: number };
  /** A mask in the scores may be infinite. */
  readonly infinite?: boolean;
  /** Value [batch, key/value heads, length, size], or the number of key/value heads an operator declares. */
  readonly keys: string | number | null;
  /** Value with the position of the last token an operator was told of; beyond it, it computes nothing. */
  readonly last?: string | undefined;
}

export function siteOf(node: OnnxNode, shown: Partial<Site> & Pick<Site, 'attach'>): Site {
  return {
    node,
    operator: node.domain === '' ? node.opType : `${node.domain}.${node.opType}`,
    heads: 0,
    keyValueHeads: 0,
    headDim: 0,
    latent: false,
    attends: true,
    replaced: false,
    ...shown,
  };
}

/** Outputs of a node, with a name at `position` if it has none there. */
export function withOutput(
  node: OnnxNode,
  position: number,
  fresh: string,
): [outputs: string[], name: string] {
  const outputs = Array.from(
    { length: Math.max(node.outputs.length, position + 1) },
    (_, i) => node.outputs[i] ?? '',
  );
  const name = outputs[position] || fresh;
  outputs[position] = name;
  return [outputs, name];
}

/** Of an operator that takes queries, keys and values first; an input it goes without is packed into the one before. */
export function operatorFlow({ inputs, outputs }: OnnxNode): { readonly flow?: SiteFlow } {
  const [query = '', key = '', value = ''] = inputs;
  const [attended = ''] = outputs;
  if (query === '' || attended === '') return {};
  return { flow: { query, key: key || query, value: value || key || query, attended } };
}

export const integerOf = (node: OnnxNode, name: string): number => node.attributes.get(name)?.int ?? 0;
