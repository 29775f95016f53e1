/** Structured mutations of bytes. Each takes the bytes, the generator and a second seed, and returns new bytes. */

/** Values at which parsers of binary formats break, as little-endian bytes. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, 2 ** 53, 2 ** 63].flatMap(
  (value) =>
    [1, 2, 4, 8].map((width) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      return bytes.subarray(0, width);
    }),
);

export function splice(bytes, from, removed, inserted) {
  const kept = Math.min(removed, bytes.length - from);
  const out = new Uint8Array(bytes.length - kept + inserted.length);
  out.set(bytes.subarray(0, from));
  out.set(inserted, from);
  out.set(bytes.subarray(from + kept), from + inserted.length);
  return out;
}

function piece(bytes, random, longest) {
  const from = random.below(bytes.length + 1);
  return bytes.subarray(from, from + random.below(longest) + 1);
}

function flip(bytes, random) {
  const out = bytes.slice();
  if (out.length > 0) out[random.below(out.length)] ^= 1 << random.below(8);
  return out;
}

function overwrite(bytes, random) {
  const out = bytes.slice();
  const edge = random.pick(EDGES);
  if (out.length >= edge.length) out.set(edge, random.below(out.length - edge.length + 1));
  return out;
}

export const BYTE_MUTATIONS = [
  flip,
  overwrite,
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, [random.below(256)]),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), random.below(64) + 1, []),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, piece(bytes, random, 256)),
  (bytes, random, other) => splice(bytes, random.below(bytes.length + 1), 0, piece(other, random, 256)),
  (bytes, random, other) =>
    splice(bytes, random.below(bytes.length + 1), random.below(64), piece(other, random, 64)),
];
