import type { Tensor } from 'onnxruntime-common';
import { AssayError } from '../../core/errors.js';
import type { PortDescription, RuntimeConfig } from './protocol.js';
import type { Ort } from './session.js';

/** Keys and values of the tokens already seen. */
export interface Cache {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly length: number;
}

/** Which input plays which role; made once, so an unknown input is named before anything runs. */
export interface FeedPlan {
  readonly ids: PortDescription;
  readonly others: readonly PortDescription[];
  readonly cache: readonly PortDescription[];
  readonly hasMask: boolean;
  readonly keyValueHeads: number | undefined;
  readonly headDim: number | undefined;
}

const KNOWN = new Set([
  'attention_mask',
  'position_ids',
  'token_type_ids',
  'use_cache_branch',
  'num_logits_to_keep',
]);

/** Sort inputs by role. Throws MODEL_INPUT_UNKNOWN for one that a text-only audit cannot fill. */
export function planFeeds(inputs: readonly PortDescription[], config: RuntimeConfig): FeedPlan {
  const ids =
    inputs.find(({ name }) => name === 'input_ids') ??
    inputs.find(({ name }) => /(^|[._/])input_?ids?$/i.test(name));
  const rest = inputs.filter((input) => input !== ids);
  const cache = rest.filter(({ name }) => /^past/.test(name) && name !== 'past_sequence_length');
  const unknown = rest.find((input) => !cache.includes(input) && !KNOWN.has(input.name));
  if (!ids || unknown) {
    const missing = ids
      ? `an input "${unknown?.name}" of type ${unknown?.type}[${unknown?.dims.join(', ')}]`
      : 'no input_ids';
    throw new AssayError('MODEL_INPUT_UNKNOWN', `The model has ${missing}, which a text audit cannot fill.`, {
      hint: 'Supported inputs: input_ids, attention_mask, position_ids, token_type_ids, use_cache_branch and past_key_values.*. Encoder-decoder and multimodal graphs are not run.',
    });
  }
  return {
    ids,
    cache,
    others: rest.filter((input) => !cache.includes(input)),
    hasMask: rest.some(({ name }) => name === 'attention_mask'),
    keyValueHeads: config.keyValueHeads,
    headDim: config.headDim,
  };
}

/** Left-padded feeds for a batch of token rows continuing `cache`. */
export function buildFeeds(
  ort: Ort,
  plan: FeedPlan,
  batch: readonly (readonly number[])[],
  cache: Cache | undefined,
): Record<string, Tensor> {
  const width = Math.max(...batch.map((row) => row.length));
  const past = cache?.length ?? 0;
  const pads = batch.map((row) => width - row.length);
  const cells = (count: number, value: (row: number, column: number) => number): number[] =>
    batch.flatMap((_, row) => Array.from({ length: count }, (_, column) => value(row, column)));
  const shape = [batch.length, width];
  const feeds: Record<string, Tensor> = {
    [plan.ids.name]: integers(
      ort,
      plan.ids.type,
      cells(width, (r, c) => batch[r]?.[c - (pads[r] as number)] ?? 0),
      shape,
    ),
  };
  for (const { name, type } of plan.others) {
    if (name === 'attention_mask') {
      const visible = cells(past + width, (r, c) => (c < past || c - past >= (pads[r] as number) ? 1 : 0));
      feeds[name] = integers(ort, type, visible, [batch.length, past + width]);
    } else if (name === 'position_ids') {
      feeds[name] = integers(
        ort,
        type,
        cells(width, (r, c) => Math.max(0, past + c - (pads[r] as number))),
        shape,
      );
    } else if (name === 'token_type_ids') {
      feeds[name] = integers(
        ort,
        type,
        cells(width, () => 0),
        shape,
      );
    } else if (name === 'use_cache_branch') {
      feeds[name] = new ort.Tensor('bool', Uint8Array.of(past > 0 ? 1 : 0), [1]);
    } else if (name === 'num_logits_to_keep') {
      feeds[name] = integers(ort, type, [0], []);
    }
  }
  for (const port of plan.cache)
    feeds[port.name] = cache?.tensors[port.name] ?? emptyCache(ort, plan, port, batch.length);
  return feeds;
}

function integers(ort: Ort, type: string, values: readonly number[], dims: readonly number[]): Tensor {
  switch (type) {
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(values), dims);
    case 'float32':
      return new ort.Tensor('float32', Float32Array.from(values), dims);
    case 'bool':
      return new ort.Tensor('bool', Uint8Array.from(values), dims);
    default:
      return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  }
}

/** A cache of zero tokens. Merged decoders want it too, with their cache branch switched off. */
function emptyCache(ort: Ort, plan: FeedPlan, port: PortDescription, batch: number): Tensor {
  const batchAxis = port.dims.length === 5 ? 1 : 0;
  const lengthAxis = port.dims.length - 2;
  const dims = port.dims.map((dim, axis) => {
    if (axis === lengthAxis) return 0;
    if (axis === batchAxis) return batch;
    if (typeof dim === 'number' && dim > 0) return dim;
    const known = axis === port.dims.length - 1 ? plan.headDim : plan.keyValueHeads;
    if (known !== undefined) return known;
    throw new AssayError(
      'MODEL_INPUT_UNKNOWN',
      `Cache input "${port.name}" leaves axis ${axis} open and config.json does not give it.`,
      {
        hint: 'Expected num_key_value_heads (or num_attention_heads) and hidden_size in config.json.',
      },
    );
  });
  const data = port.type === 'float16' ? halfArray(0) : new Float32Array(0);
  return new ort.Tensor(port.type as 'float32', data as Float32Array, dims);
}

/** ONNX Runtime takes Float16Array where the engine has it, raw bits otherwise. */
function halfArray(length: number): ArrayLike<number> {
  const Half = (globalThis as { Float16Array?: new (length: number) => ArrayLike<number> }).Float16Array;
  return Half ? new Half(length) : new Uint16Array(length);
}
