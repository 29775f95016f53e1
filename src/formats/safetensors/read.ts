import type { ByteSource } from '../../core/bytes.js';
import { AssayError } from '../../core/errors.js';
import { invalid, overLimit, truncated } from './failure.js';
import { parseHeader } from './header.js';
import { layOut } from './layout.js';
import { MAX_HEADER_BYTES, SPEC_HEADER_BYTES } from './limits.js';
import { otherFormat } from './sniff.js';
import type { SafetensorsFile } from './types.js';

/** The length field. */
const LENGTH_BYTES = 8;
const BRACE = 0x7b;

/**
 * Read the header of a safetensors file and check it against the file's length; no tensor data are read.
 * Throws FORMAT_INVALID, FORMAT_TRUNCATED and FORMAT_LIMIT, each with a SafetensorsFault and the byte, and ABORTED.
 * Specification: https://github.com/huggingface/safetensors, README, "Format".
 */
export async function readSafetensors(
  source: ByteSource,
  options: { readonly signal?: AbortSignal } = {},
): Promise<SafetensorsFile> {
  const { name, size } = source;
  const start = await read(source, 0, Math.min(LENGTH_BYTES + 1, size), options.signal);
  if (size < LENGTH_BYTES) {
    throw truncated(name, 0, 'SAFETENSORS_TRUNCATED', `the file has ${size} bytes; expected at least 8`);
  }
  const length = headerLength(start, name, size);
  if (start[LENGTH_BYTES] !== BRACE) {
    throw invalid(name, LENGTH_BYTES, 'SAFETENSORS_HEADER_START', 'the header does not start with "{"');
  }
  const json = await read(source, LENGTH_BYTES, length, options.signal);
  const { metadata, entries } = parseHeader(json, name, LENGTH_BYTES);
  const headerBytes = LENGTH_BYTES + length;
  const tensors = layOut(entries, { file: name, from: headerBytes, bytes: size - headerBytes });
  return { metadata, tensors, headerBytes };
}

function headerLength(start: Uint8Array, name: string, size: number): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > SPEC_HEADER_BYTES) {
    const other = otherFormat(start);
    if (other) {
      const what = `found ${other.found}; expected safetensors`;
      throw invalid(name, 0, 'SAFETENSORS_NOT_SAFETENSORS', what, other.hint);
    }
    const what = `the header is said to have ${length} bytes; the specification allows ${SPEC_HEADER_BYTES}`;
    throw invalid(name, 0, 'SAFETENSORS_HEADER_LENGTH', what);
  }
  if (length > size - LENGTH_BYTES) {
    const what = `the header is said to have ${length} bytes; ${size - LENGTH_BYTES} follow`;
    throw truncated(name, 0, 'SAFETENSORS_HEADER_TRUNCATED', what);
  }
  if (length > MAX_HEADER_BYTES) {
    const what = `the header has ${length} bytes; the limit is ${MAX_HEADER_BYTES}`;
    throw overLimit(name, 0, 'SAFETENSORS_HEADER_LIMIT', what);
  }
  if (length === 0n) throw invalid(name, 0, 'SAFETENSORS_HEADER_LENGTH', 'the header is empty');
  return Number(length);
}

async function read(
  source: ByteSource,
  offset: number,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (signal?.aborted) {
    const message = `${source.name}: reading was aborted at byte ${offset}`;
    throw new AssayError('ABORTED', message, { cause: signal.reason });
  }
  const bytes = await source.read(offset, length);
  if (bytes.byteLength === length) return bytes;
  const what = `the source returned ${bytes.byteLength} bytes; expected ${length}`;
  throw truncated(source.name, offset, 'SAFETENSORS_TRUNCATED', what);
}
