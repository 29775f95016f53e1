import type { BlockType } from './block-type.js';
import { half } from './half.js';

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Floats stored one by one, by the names that safetensors and GGUF give them. Doubles are rounded. */
export const FLOATS: ReadonlyMap<string, BlockType> = new Map([
  ['F64', { values: 1, bytes: 8, decode: float64 }],
  ['F32', { values: 1, bytes: 4, decode: float32 }],
  ['F16', { values: 1, bytes: 2, decode: float16 }],
  ['BF16', { values: 1, bytes: 2, decode: bfloat16 }],
]);

function float64(bytes: Uint8Array, out: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < out.length; i++) out[i] = view.getFloat64(8 * i, true);
}

function float32(bytes: Uint8Array, out: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (LITTLE_ENDIAN)
    new Uint8Array(out.buffer, out.byteOffset, 4 * out.length).set(bytes.subarray(0, 4 * out.length));
  else for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(4 * i, true);
}

function float16(bytes: Uint8Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = half(bytes, 2 * i);
}

/** The upper half of a binary32; aligned halves are read at once, which is twice as fast. */
function bfloat16(bytes: Uint8Array, out: Float32Array): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  if (LITTLE_ENDIAN && bytes.byteOffset % 2 === 0) {
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, out.length);
    for (let i = 0; i < words.length; i++) words[i] = (halves[i] as number) << 16;
    return;
  }
  for (let i = 0, at = 0; i < words.length; i++, at += 2)
    words[i] = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 24);
}
