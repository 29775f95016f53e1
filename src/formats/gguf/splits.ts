import { AssayError } from '../../core/errors.js';
import { quoted } from '../failure.js';
import type { GgufFault } from './fault.js';
import type { GgufFile } from './types.js';
import { checkVocabularySize } from './vocabulary.js';

/** One file of a model that is split over several, under its name for messages. */
export interface GgufPart {
  readonly name: string;
  readonly file: GgufFile;
}

/**
 * The parts of a split model in order: numbered without gaps, as many tensors as stated, and none of them twice.
 * Throws FORMAT_TRUNCATED when parts are missing, else FORMAT_INVALID, with a GgufFault.
 */
export function checkSplits(parts: readonly GgufPart[]): readonly GgufPart[] {
  const ordered = inOrder(parts);
  const first = ordered[0];
  if (first === undefined) return [];
  checkTensors(ordered);
  checkVocabularySize({
    file: first.name,
    extents: first.file.extents,
    tensors: ordered.flatMap(({ file }) => file.tensors),
  });
  return ordered;
}

function inOrder(parts: readonly GgufPart[]): readonly GgufPart[] {
  const [first] = parts;
  if (first === undefined) return parts;
  const total = countOf(first);
  const ordered: GgufPart[] = [];
  for (const part of parts) {
    if (countOf(part) !== total) {
      const what = `it is one of ${countOf(part)} parts; ${first.name} is one of ${total}`;
      throw broken('GGUF_SPLIT', part.name, what);
    }
    const index = numberOf(part, 'split.no');
    const other = ordered[index];
    if (other !== undefined)
      throw broken('GGUF_SPLIT_DUPLICATE', part.name, `it is part ${index} of ${total}, as is ${other.name}`);
    ordered[index] = part;
  }
  const present = ordered.filter(Boolean).length;
  if (present === total) return ordered;
  const missing = Array.from({ length: total }, (_, i) => i).filter((i) => ordered[i] === undefined);
  const listed = missing.slice(0, 8).join(', ') + (missing.length > 8 ? ', …' : '');
  throw new AssayError(
    'FORMAT_TRUNCATED',
    `${first.name}: ${present} of ${total} parts are here; missing, counted from 0: ${listed}`,
    { fault: 'GGUF_SPLIT_MISSING' satisfies GgufFault, hint: 'Download the missing files.' },
  );
}

/** A file that is not split, or was merged, is the only part. */
function countOf(part: GgufPart): number {
  return numberOf(part, 'split.count') || 1;
}

function numberOf({ file }: GgufPart, key: string): number {
  const value = file.metadata.get(key);
  return typeof value === 'number' ? value : 0;
}

function checkTensors(parts: readonly GgufPart[]): void {
  const homes = new Map<string, string>();
  for (const { name, file } of parts) {
    for (const tensor of file.tensors) {
      const home = homes.get(tensor.name);
      if (home !== undefined) {
        const what = `tensor ${quoted(tensor.name)} is in ${home} as well`;
        throw broken('GGUF_SPLIT_TENSOR_TWICE', name, what);
      }
      homes.set(tensor.name, name);
    }
  }
  // gguf-split leaves the count in the file it merges; only parts are held to it.
  for (const part of parts.length > 1 ? parts : []) {
    const stated = part.file.metadata.get('split.tensors.count');
    if (stated === undefined || stated === homes.size) continue;
    const what = `split.tensors.count is ${stated}; the parts hold ${homes.size} tensors`;
    throw broken('GGUF_SPLIT_TENSORS', part.name, what);
  }
}

function broken(fault: GgufFault, name: string, what: string): AssayError {
  const hint = 'Compare the files with the publisher’s; they may be of different sets.';
  return new AssayError('FORMAT_INVALID', `${name}: ${what}`, { fault, hint });
}
