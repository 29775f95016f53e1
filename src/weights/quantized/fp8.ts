import type { Quantization, StoredTensor } from '../../core/types.js';
import { FLOAT8 } from '../decode/float8.js';
import { isFloat, readFloats, readRows } from '../read-parts.js';
import { checkRows, shapeOf } from '../rows.js';
import type { LogicalTensor } from '../types.js';
import { count, quantizationConfig } from './config.js';
import type { Scheme, SchemeContext } from './scheme.js';

/** Rows and columns that share a scale. */
interface Tile {
  readonly height: number;
  readonly width: number;
}

/**
 * FP8 matrices with a scale to multiply by: one per tile of 128 × 128 (DeepSeek's `weight_scale_inv`, which is not
 * an inverse), per row or per tensor (`weight_scale`). Stacks of experts have one more dimension in front.
 */
export const fp8: Scheme = {
  endings: ['.weight', ''],
  logical(weight, base, context) {
    const type = FLOAT8.get(weight.dtype);
    if (!type || weight.dtype === 'F8_E8M0' || weight.dims.length < 2) return null;
    const tiled = context.tensor(`${weight.name}_scale_inv`);
    const scale = [
      tiled,
      tiled ?? context.tensor(`${weight.name}_scale`),
      tiled ?? context.tensor(`${base}.scale`),
    ].find((found) => found !== undefined && found !== weight && isFloat(found));
    const tile = scale ? tileOf(weight, scale, context) : null;
    if (scale && !tile) return null;
    // Tiles come with scales of inputs that are computed as the model runs.
    const input = tiled ? undefined : context.tensor(`${base}.input_scale`);
    return {
      name: weight.name,
      dims: weight.dims,
      type: 'fp8',
      bits: 8,
      quantization: { method: 'fp8', bits: 8, group: groupOf(weight, tile) },
      parts: [weight, ...(scale ? [scale] : []), ...(input ? [input] : [])],
      decode: decoder(weight, scale, tile),
    };
  },
};

function groupOf({ dims }: StoredTensor, tile: Tile | null): Quantization['group'] {
  const [rows = 1, columns = 1] = dims.slice(-2);
  if (!tile || (tile.height >= rows && tile.width >= columns)) return null;
  return tile.height === 1 ? tile.width : [tile.height, tile.width];
}

/** One scale in all, one per row, or a grid; a grid of several possible tiles is read as the stated or a binary size. */
function tileOf(weight: StoredTensor, scale: StoredTensor, { config }: SchemeContext): Tile | null {
  const [rows = 1, columns = 1] = weight.dims.slice(-2);
  const stack = weight.dims.slice(0, -2).reduce((product, dim) => product * dim, 1);
  const scales = scale.dims.reduce((product, dim) => product * dim, 1);
  if (scales === 1 || scales === stack) return { height: rows, width: columns };
  if (scales === stack * rows) return { height: 1, width: columns };
  if (scale.dims.length !== weight.dims.length || scales === 0) return null;
  if (scale.dims.slice(0, -2).some((dim, i) => dim !== weight.dims[i])) return null;
  const [down = 0, across = 0] = scale.dims.slice(-2);
  const stated = quantizationConfig(config)?.weight_block_size;
  const [statedHeight, statedWidth] = Array.isArray(stated) ? stated.map(count) : [];
  const height = blockLength(rows, down, statedHeight);
  const width = blockLength(columns, across, statedWidth);
  return height && width ? { height, width } : null;
}

/** Length of `blocks` equal blocks that cover `total`, the last one perhaps in part. */
function blockLength(total: number, blocks: number, stated: number | undefined): number | null {
  const covers = (length: number): boolean => Math.ceil(total / length) === blocks;
  const candidates = [stated ?? 0, 128, 64, 256, 32, 16, 512, total / blocks, total, 1];
  return candidates.find((length) => Number.isInteger(length) && length > 0 && covers(length)) ?? null;
}

function decoder(
  weight: StoredTensor,
  scale: StoredTensor | undefined,
  tile: Tile | null,
): LogicalTensor['decode'] {
  return async (read, from, many) => {
    const { rows, columns } = shapeOf(weight.dims);
    const height = weight.dims.at(-2) ?? 1;
    const type = FLOAT8.get(weight.dtype);
    checkRows(weight.name, rows, from, many);
    const out = new Float32Array(many * columns);
    type?.decode(await readRows(read, weight, from, many), out);
    if (!scale || !tile) return out;
    const scales = await readFloats(read, scale);
    const down = Math.ceil(height / tile.height);
    const across = Math.ceil(columns / tile.width);
    const single = scales.length === 1;
    for (let row = from; row < from + many; row++) {
      const band = Math.floor(row / height) * down + Math.floor((row % height) / tile.height);
      for (let block = 0; block < across; block++) {
        const factor = scales[single ? 0 : band * across + block] as number;
        const end = Math.min((block + 1) * tile.width, columns);
        for (let i = (row - from) * columns + block * tile.width; i < (row - from) * columns + end; i++)
          out[i] = (out[i] as number) * factor;
      }
    }
    return out;
  };
}
