import type { ByteSource } from '../../src/core/bytes.js';

/** A ByteSource over memory. */
export function bytesOf(data: Uint8Array, name = 'buffer'): ByteSource {
  return {
    size: data.byteLength,
    name,
    read: async (offset, length) => data.subarray(offset, offset + length),
  };
}
