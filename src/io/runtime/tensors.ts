import type { Tensor } from 'onnxruntime-node';
import { isOpen } from '../../core/cache-axes.js';
import { AssayError } from '../../core/errors.js';
import type { Ort } from './ort.js';
import type { PortDescription } from './protocol.js';

const KNOWN_INPUTS =
  'Supported inputs: input_ids, attention_mask [batch, total], position_ids, token_type_ids, use_cache_branch, num_logits_to_keep and past_key_values.*. Encoder-decoder, multimodal and recurrent graphs are not run.';

export function unknownInput(message: string, hint = KNOWN_INPUTS): AssayError {
  return new AssayError('MODEL_INPUT_UNKNOWN', message, { hint });
}

/** Numbers of a tensor to be made. */
export interface Values {
  readonly values: readonly number[];
  readonly dims: readonly number[];
}
/** A loop, because BigInt64Array.from takes eight times as long and decoding pays it at every token. */
function wholes(values: readonly number[]): BigInt64Array {
  const out = new BigInt64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = BigInt(values[i] as number);
  return out;
}

export function tensorOf(ort: Ort, { name, type }: PortDescription, { values, dims }: Values): Tensor {
  switch (type) {
    case 'int64':
      return new ort.Tensor('int64', wholes(values), dims);
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(values), dims);
    case 'float32':
      return new ort.Tensor('float32', Float32Array.from(values), dims);
    case 'float16':
      return new ort.Tensor('float16', halves(values), dims);
    case 'bool':
      return new ort.Tensor('bool', Uint8Array.from(values), dims);
    default:
      throw unknownInput(`Input "${name}" is of type ${type}; expected int64, int32, bool or float.`);
  }
}

/** The state a recurrent layer starts from. Throws MODEL_INPUT_UNKNOWN where its size is open. */
export function zeros(ort: Ort, port: PortDescription): Tensor {
  const dims = port.dims.map((dim, axis) => (axis === 0 && isOpen(dim) ? 1 : dim));
  if (!dims.every((dim): dim is number => typeof dim === 'number' && !isOpen(dim)))
    throw unknownInput(`State input "${port.name}" has the open shape [${port.dims.join(', ')}].`);
  const size = dims.reduce((product, dim) => product * dim, 1);
  return tensorOf(ort, port, { values: new Array<number>(size).fill(0), dims });
}

/** A tensor of no elements. */
export function emptyTensor(ort: Ort, { name, type }: PortDescription, dims: readonly number[]): Tensor {
  switch (type) {
    case 'float32':
      return new ort.Tensor('float32', new Float32Array(0), dims);
    case 'float16':
      return new ort.Tensor('float16', new Uint16Array(0), dims);
    case 'float64':
      return new ort.Tensor('float64', new Float64Array(0), dims);
    case 'int8':
      return new ort.Tensor('int8', new Int8Array(0), dims);
    case 'uint8':
      return new ort.Tensor('uint8', new Uint8Array(0), dims);
    default:
      throw unknownInput(
        `Cache input "${name}" is of type ${type}, which ONNX Runtime for Node cannot be given.`,
        'Re-export with a float32 or float16 cache.',
      );
  }
}

/** Bits of half floats, rounded to nearest; smaller than the smallest normal one becomes zero. */
function halves(values: readonly number[]): Uint16Array {
  const singles = Float32Array.from(values);
  const bits = new Uint32Array(singles.buffer);
  return Uint16Array.from(bits, (single) => {
    const exponent = ((single >> 23) & 255) - 112;
    const sign = (single >> 16) & 0x8000;
    if (exponent <= 0) return sign;
    return sign | Math.min(0x7c00, ((exponent << 10) | ((single >> 13) & 1023)) + ((single >> 12) & 1));
  });
}
