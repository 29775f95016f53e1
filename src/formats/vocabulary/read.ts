import { brotliDecompressSync } from 'node:zlib';
import { AssayError } from '../../core/errors.js';
import { readHeader } from './header.js';
import { buildTable } from './table.js';
import type { Vocabulary, VocabularyHeader } from './types.js';

export const MAGIC = 'assay-vocabulary/1\n';
/** The largest shipped file unpacks to 1.7 MB; more is not a tokenizer but an attempt on memory. */
const MAX_UNPACKED = 16 * 2 ** 20;
/** Every byte is a token of each vocabulary of this kind, so that any text can be counted. */
const BYTES = 256;

/**
 * Read a compact vocabulary: Brotli of the magic line, the header's length (u32, little-endian), the header as JSON,
 * one byte per token with its length, for listed merges one byte per token with the length of its left part, and the
 * bytes of all tokens. Length 0 is an id without text. `name` is the file's. Throws VOCABULARY_INVALID.
 */
export function readVocabulary(packed: Uint8Array, name: string): Vocabulary {
  const bytes = unpack(packed, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1');
  if (magic !== MAGIC || bytes.length < MAGIC.length + 4)
    throw damaged(name, 'it does not begin as a compact vocabulary');
  const headerFrom = MAGIC.length + 4;
  const columnsFrom = headerFrom + view.getUint32(MAGIC.length, true);
  if (columnsFrom > bytes.length) throw damaged(name, 'its header is cut off');
  const header = readHeader(bytes.subarray(headerFrom, columnsFrom), (what) => damaged(name, what));
  return columns(header, bytes.subarray(columnsFrom), name);
}

function columns(header: VocabularyHeader, bytes: Uint8Array, name: string): Vocabulary {
  const { tokens, merges } = header;
  const listed = merges === 'listed';
  const textFrom = listed ? 2 * tokens : tokens;
  if (textFrom > bytes.length) throw damaged(name, 'its token lengths are cut off');
  const starts = new Uint32Array(tokens + 1);
  for (let id = 0; id < tokens; id++) starts[id + 1] = (starts[id] as number) + (bytes[id] as number);
  if (starts[tokens] !== bytes.length - textFrom)
    throw damaged(
      name,
      `its tokens need ${starts[tokens]} bytes of text and it holds ${bytes.length - textFrom}`,
    );
  // Copies, so that the unpacked file can be freed.
  const text = bytes.slice(textFrom);
  const lefts = listed ? bytes.slice(tokens, 2 * tokens) : new Uint8Array(0);
  const lengths = bytes.subarray(0, tokens);
  const single = new Set<number>();
  for (let id = 0; id < tokens; id++) if (lengths[id] === 1) single.add(text[starts[id] as number] as number);
  if (single.size !== BYTES) throw damaged(name, `it has ${single.size} of ${BYTES} single bytes as tokens`);
  if (listed && lefts.some((left, id) => left > 0 && left >= (lengths[id] as number)))
    throw damaged(name, 'a merge is longer than its token');
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  return { header, text, starts, lefts, longest, table: buildTable(text, starts) };
}

function unpack(packed: Uint8Array, name: string): Uint8Array {
  try {
    return brotliDecompressSync(packed, { maxOutputLength: MAX_UNPACKED });
  } catch (cause) {
    throw damaged(
      name,
      `it cannot be unpacked (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      cause,
    );
  }
}

function damaged(name: string, what: string, cause?: unknown): AssayError {
  return new AssayError('VOCABULARY_INVALID', `The vocabulary ${name} is damaged: ${what}.`, {
    hint: 'Install the package again; the file is part of it.',
    cause,
  });
}
