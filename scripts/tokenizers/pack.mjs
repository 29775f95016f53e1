import { brotliCompressSync, constants } from 'node:zlib';

const MAGIC = 'assay-vocabulary/1\n';

/** A compact vocabulary file; src/formats/vocabulary/read.ts says how it is laid out. */
export function pack({ identity, merges, tokens, lefts, specials }) {
  const header = Buffer.from(JSON.stringify({ ...identity, merges, tokens: tokens.length, specials }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  const long = tokens.findIndex((token) => token.length > 255);
  if (long >= 0) throw new Error(`${identity.id}: token ${long} is longer than 255 bytes`);
  const plain = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    size,
    header,
    Uint8Array.from(tokens, ({ length }) => length),
    ...(merges === 'listed' ? [lefts] : []),
    ...tokens,
  ]);
  return brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
}
