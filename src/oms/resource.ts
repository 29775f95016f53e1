import { byCodePoint, byPathParts } from './order.js';

export type HashType = 'sha256' | 'blake2b' | 'blake3';

/** How folders become resources, OMS section 5.2.2. */
export interface Serialization {
  readonly method: 'files' | 'shards';
  readonly hashType: HashType;
  /** Bytes per shard; present for shards only. */
  readonly shardSize?: number;
  readonly allowSymlinks: boolean;
  readonly ignorePaths: readonly string[];
}

/** One entry of the signed list. `digest` is lower-case hex. */
export interface Resource {
  readonly name: string;
  readonly digest: string;
}

/** A resource and the bytes of a file it stands for; `end` is exclusive. */
export interface Shard extends Resource {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Name used by model_signing up to 1.1 for the one resource of a model that is a single file. */
export const SINGLE_FILE = '.';

/** The last two numbers are the range; everything before is the path, colons included (section 6.3.2). */
export function parseShard(resource: Resource): Shard | undefined {
  const [end, start, ...path] = resource.name.split(':').reverse();
  if (path.length === 0 || !isOffset(start) || !isOffset(end)) return undefined;
  return { ...resource, file: path.reverse().join(':'), start: Number(start), end: Number(end) };
}

function isOffset(text: string | undefined): boolean {
  return text !== undefined && /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text));
}

/** Why a path may not stand in a statement, or undefined for a canonical one (section 6.1.2). */
export function unsafePath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return 'is absolute';
  if (path.includes('\0') || /\p{Cs}/u.test(path)) return 'is no text a file can be named by';
  const parts = path.split('/');
  if (parts.includes('..')) return 'leaves the folder';
  return parts.includes('.') || parts.includes('') ? 'is not in canonical form' : undefined;
}

/** By which of the two orders in use the list is sorted; the root digest is over the list as it stands. */
export function listedOrder(
  resources: readonly Resource[],
  method: Serialization['method'],
): 'code points' | 'path parts' | 'neither' {
  if (isSorted(resources, (a, b) => byCodePoint(a.name, b.name))) return 'code points';
  const python = method === 'shards' ? byShard : (a: Resource, b: Resource) => byPathParts(a.name, b.name);
  return isSorted(resources, python) ? 'path parts' : 'neither';
}

/** model_signing compares ranges as numbers, so its shard 10 follows shard 9 and not shard 1. */
function byShard(a: Resource, b: Resource): number {
  const [left, right] = [parseShard(a), parseShard(b)];
  if (left === undefined || right === undefined) return 0;
  return byPathParts(left.file, right.file) || left.start - right.start || left.end - right.end;
}

function isSorted(resources: readonly Resource[], order: (a: Resource, b: Resource) => number): boolean {
  return resources.every((resource, i) => {
    const before = resources[i - 1];
    return before === undefined || order(before, resource) <= 0;
  });
}
