import type { Tensor } from 'onnxruntime-node';
import { cacheAxes, isOpen } from '../../core/cache-axes.js';
import type { Cache } from './cache.js';
import type { Ort } from './ort.js';
import type { PortDescription, RuntimeConfig } from './protocol.js';
import { emptyTensor, tensorOf, unknownInput, type Values } from './tensors.js';

/** Which input plays which role; made once, so an unknown input is named before anything runs. */
export interface FeedPlan {
  readonly ids: PortDescription;
  readonly others: readonly PortDescription[];
  readonly cache: readonly PortDescription[];
  /** Rows of different length may share a batch: there is a mask, and positions are not counted from the padding. */
  readonly canPad: boolean;
  /** Chunks after the first may have several tokens; older merged decoders continue one token at a time. */
  readonly canChunk: boolean;
  readonly keyValueHeads: number | undefined;
  readonly headDim: number | undefined;
}

/** One call: `width` columns of new tokens after `past` seen ones, row r padded on the left by `pads[r]`. */
interface Call {
  readonly batch: number;
  readonly width: number;
  readonly past: number;
  readonly pads: readonly number[];
}
interface Filler {
  readonly names: RegExp;
  /** Ranks the input may have; any other is a different input of the same name. */
  readonly ranks: readonly number[];
  readonly fill: (call: Call, port: PortDescription) => Values;
}

const scalar = (value: number, { dims }: PortDescription): Values => ({
  values: [value],
  dims: dims.length === 0 ? [] : [1],
});
const cells = ({ batch }: Call, width: number, value: (row: number, column: number) => number): number[] =>
  Array.from({ length: batch * width }, (_, i) => value(Math.floor(i / width), i % width));

/** Inputs besides tokens and cache, and what a plain text puts into them. */
const FILLERS: readonly Filler[] = [
  {
    names: /^(attention|input)_mask$/,
    ranks: [2],
    fill: (call) => {
      const total = call.past + call.width;
      const visible = (row: number, column: number): number =>
        column < call.past || column - call.past >= (call.pads[row] ?? 0) ? 1 : 0;
      return { values: cells(call, total, visible), dims: [call.batch, total] };
    },
  },
  {
    names: /^position_ids$/,
    ranks: [1, 2, 3],
    fill: (call, { dims }) => {
      const rows = cells(call, call.width, (row, column) =>
        Math.max(0, call.past + column - (call.pads[row] ?? 0)),
      );
      // Multimodal rotary positions: time, height and width are equal for text.
      if (dims.length === 3)
        return { values: [...rows, ...rows, ...rows], dims: [3, call.batch, call.width] };
      return { values: rows, dims: dims.length === 1 ? [rows.length] : [call.batch, call.width] };
    },
  },
  {
    names: /^(token_type|segment)_ids$/,
    ranks: [2],
    fill: (call) => ({ values: cells(call, call.width, () => 0), dims: [call.batch, call.width] }),
  },
  {
    names: /^cache_position$/,
    ranks: [1],
    fill: ({ past, width }) => ({
      values: Array.from({ length: width }, (_, i) => past + i),
      dims: [width],
    }),
  },
  {
    names: /^use_cache(_branch)?$/,
    ranks: [0, 1],
    fill: ({ past }, port) => scalar(past > 0 ? 1 : 0, port),
  },
  // Hugging Face: the last n positions, all of them for 0.
  { names: /^(num_)?logits_to_keep$/, ranks: [0, 1], fill: (_, port) => scalar(0, port) },
  { names: /^past_(sequence|seq)_len(gth)?$/, ranks: [0, 1], fill: ({ past }, port) => scalar(past, port) },
  {
    names: /^total_(sequence|seq)_len(gth)?$/,
    ranks: [0, 1],
    fill: ({ past, width }, port) => scalar(past + width, port),
  },
  {
    names: /^seqlens_k$/,
    ranks: [1],
    fill: ({ batch, past, width }) => ({
      values: Array.from({ length: batch }, () => past + width - 1),
      dims: [batch],
    }),
  },
  {
    names: /^beam_idx$/,
    ranks: [1],
    fill: ({ batch }) => ({ values: Array.from({ length: batch }, (_, i) => i), dims: [batch] }),
  },
];
const fillerOf = ({ name }: PortDescription): Filler | undefined =>
  FILLERS.find(({ names }) => names.test(name));
export const isRecurrent = ({ name }: PortDescription): boolean =>
  /conv|ssm|recurrent|mamba|rwkv|linear_att|(^|[._])states?([._]|$)/i.test(name) &&
  !/^encoder|last_hidden/i.test(name);
const isCache = (port: PortDescription): boolean =>
  (/^past/.test(port.name) || /(^|[._])(k|v|kv|key|value)s?_?cache/i.test(port.name)) && !fillerOf(port);

/** The input that takes token ids. */
export const isTokens = ({ name }: PortDescription): boolean =>
  /^(?!decoder).*(^|[._/])input_?ids?$/i.test(name);

/** Sort inputs by role; `lenient` for a caller that pads by itself and fills whatever an encoder gives. Throws MODEL_INPUT_UNKNOWN for one that a text-only audit cannot fill. */
export function planFeeds(
  inputs: readonly PortDescription[],
  config: RuntimeConfig,
  { lenient = false }: { readonly lenient?: boolean } = {},
): FeedPlan {
  const ids = inputs.find(({ name }) => name === 'input_ids') ?? inputs.find(isTokens);
  if (!ids) {
    const names = inputs.map(({ name }) => name).slice(0, 6);
    throw unknownInput(`The model has no input_ids; its inputs are ${names.join(', ')}.`);
  }
  const rest = inputs.filter((input) => input !== ids);
  for (const port of rest) checkInput(port, lenient);
  if (!lenient) checkTokens(ids);
  const others = rest.filter((port) => !isCache(port));
  const has = (name: string): boolean => others.some((port) => port.name === name);
  return {
    ids,
    others,
    cache: rest.filter(isCache),
    canPad: has('attention_mask') && has('position_ids') && isOpen(ids.dims[0]),
    canChunk: !others.some(({ name }) => /^use_cache/.test(name)),
    keyValueHeads: config.keyValueHeads,
    headDim: config.headDim,
  };
}

function checkInput(port: PortDescription, lenient: boolean): void {
  const described = `"${port.name}" of type ${port.type}[${port.dims.join(', ')}]`;
  if (isRecurrent(port))
    throw unknownInput(
      `The model has an input ${described}, the state of a recurrent or convolutional layer, which is not supported yet.`,
    );
  if (!lenient && /encoder|cross/i.test(port.name))
    throw unknownInput(`The model has an input ${described}: it is the decoder of an encoder-decoder.`);
  if (isCache(port)) return;
  const filler = fillerOf(port);
  if (!filler) throw unknownInput(`The model has an input ${described}, which a text audit cannot fill.`);
  if (!filler.ranks.includes(port.dims.length))
    throw unknownInput(
      `The model has an input ${described}; expected ${filler.ranks.join(' or ')} dimensions.`,
    );
}

function checkTokens({ name, dims }: PortDescription): void {
  const [batch, length] = dims;
  if (dims.length !== 2)
    throw unknownInput(`Input "${name}" has ${dims.length} dimensions; expected [batch, sequence].`);
  if (!isOpen(batch) && batch !== 1)
    throw unknownInput(`Input "${name}" has a fixed batch of ${batch}; expected 1 or an open dimension.`);
  if (!isOpen(length))
    throw unknownInput(`Input "${name}" has a fixed length of ${length} tokens; expected an open dimension.`);
}

/** Left-padded feeds for a batch of token rows continuing `cache`. */
export function buildFeeds(
  ort: Ort,
  plan: FeedPlan,
  batch: readonly (readonly number[])[],
  cache: Cache | undefined,
): Record<string, Tensor> {
  const width = Math.max(...batch.map((row) => row.length));
  const call: Call = {
    batch: batch.length,
    width,
    past: cache?.length ?? 0,
    pads: batch.map((row) => width - row.length),
  };
  const tokens = cells(call, width, (row, column) => batch[row]?.[column - (call.pads[row] ?? 0)] ?? 0);
  const feeds: Record<string, Tensor> = {
    [plan.ids.name]: tensorOf(ort, plan.ids, { values: tokens, dims: [batch.length, width] }),
  };
  for (const port of plan.others) {
    const filler = fillerOf(port);
    if (filler) feeds[port.name] = tensorOf(ort, port, filler.fill(call, port));
  }
  for (const port of plan.cache)
    feeds[port.name] = cache?.tensors[port.name] ?? emptyCache(ort, plan, port, batch.length);
  return feeds;
}

/** A cache of zero tokens. Merged decoders want it too, with their cache branch switched off. */
function emptyCache(ort: Ort, plan: FeedPlan, port: PortDescription, batch: number): Tensor {
  const axes = cacheAxes(port.dims);
  if (!axes) {
    throw unknownInput(
      `Cache input "${port.name}" has the shape [${port.dims.join(', ')}]; expected one open dimension for the tokens already seen.`,
      'Caches of fixed size are not supported. Re-export with a dynamic past_sequence_length.',
    );
  }
  const dims = port.dims.map((dim, axis) => {
    if (axis === axes.length) return 0;
    if (axis === axes.batch) return batch;
    if (typeof dim === 'number' && !isOpen(dim)) return dim;
    const known = axis === axes.heads ? plan.keyValueHeads : axis === axes.size ? plan.headDim : undefined;
    if (known !== undefined) return known;
    throw unknownInput(
      `Cache input "${port.name}" leaves axis ${axis} open and config.json does not give it.`,
      'Expected num_key_value_heads (or num_attention_heads) and hidden_size in config.json.',
    );
  });
  return emptyTensor(ort, port, dims);
}
