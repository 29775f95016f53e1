import { quoted } from '../failure.js';
import { duplicateKey } from '../json/parse.js';
import { JsonReader } from '../json/reader.js';
import { type Entry, readEntry } from './entry.js';
import { invalid, overLimit } from './failure.js';
import type { SafetensorsFault } from './faults.js';
import { MAX_METADATA, MAX_NAME_LENGTH, MAX_TENSORS } from './limits.js';

/** The JSON of a safetensors file, each entry checked in itself but not yet against the others and the file. */
export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of the JSON. */
  readonly entries: readonly Entry[];
}

const METADATA = '__metadata__';

/** Parse the header, which begins at byte `base` of file `name`. */
export function parseHeader(json: Uint8Array, name: string, base: number): Header {
  const reader = new JsonReader(json, name, { base });
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let metadata: ReadonlyMap<string, string> = new Map();
  reader.object((key, at) => {
    if (seen.has(key)) throw duplicateKey<SafetensorsFault>(name, key, at, 'SAFETENSORS_KEY_DUPLICATE');
    checkName(name, key, at);
    seen.add(key);
    if (key === METADATA) {
      metadata = readMetadata(reader);
      return;
    }
    if (entries.length === MAX_TENSORS) {
      throw overLimit(
        name,
        at,
        'SAFETENSORS_TENSOR_LIMIT',
        `the header has more than ${MAX_TENSORS} tensors`,
      );
    }
    entries.push(readEntry(reader, key));
  });
  const padding = reader.rest();
  const stray = padding.findIndex((byte) => byte !== 0x20);
  if (stray === -1) return { metadata, entries };
  const at = base + json.length - padding.length + stray;
  throw invalid(name, at, 'SAFETENSORS_PADDING', 'the header is padded with something other than spaces');
}

function readMetadata(reader: JsonReader): ReadonlyMap<string, string> {
  const fault = 'SAFETENSORS_METADATA';
  if (reader.kind() !== 'object') {
    throw invalid(reader.name, reader.offset, fault, `${METADATA} is not an object of strings`);
  }
  const metadata = new Map<string, string>();
  reader.object((key, at) => {
    if (metadata.has(key)) {
      throw duplicateKey<SafetensorsFault>(reader.name, key, at, 'SAFETENSORS_KEY_DUPLICATE');
    }
    if (metadata.size === MAX_METADATA) {
      const what = `${METADATA} has more than ${MAX_METADATA} entries`;
      throw overLimit(reader.name, at, 'SAFETENSORS_METADATA_LIMIT', what);
    }
    if (reader.kind() !== 'string') {
      throw invalid(reader.name, reader.offset, fault, `${METADATA} ${quoted(key)} is not a string`);
    }
    metadata.set(key, reader.string());
  });
  return metadata;
}

function checkName(file: string, name: string, at: number): void {
  if (name.length <= MAX_NAME_LENGTH) return;
  const what = `a tensor's name has ${name.length} characters; the limit is ${MAX_NAME_LENGTH}`;
  throw overLimit(file, at, 'SAFETENSORS_NAME_LIMIT', what);
}
