import { posix } from 'node:path';
import { AssayError, isAssayError } from '../core/errors.js';
import { openShardIndex } from '../formats/safetensors/shard-index.js';
import type { Delivery } from './files.js';
import type { HttpOptions } from './http/range-client.js';
import { type HttpBytes, openHttpBytes } from './http-bytes.js';

/** Files that a reader of weights looks for beside them. */
const COMPANIONS = ['config.json', 'tokenizer.json'];
const INDEX = 'model.safetensors.index.json';
const WEIGHTS = /\.(safetensors|gguf)$/;

/** Whether an address is that of weights, or of the index of their shards, rather than of an endpoint. */
export function isWeightsAddress(address: string): boolean {
  const path = URL.canParse(address) ? new URL(address).pathname : '';
  return /^https?:/.test(address) && (WEIGHTS.test(path) || path.endsWith(`/${INDEX}`));
}

/**
 * Weights behind an http(s) address: one safetensors or GGUF file, or all shards of an index, with config.json and
 * tokenizer.json beside them where the server has them. Nothing is downloaded but what is read.
 * Throws what `openHttpBytes` and `openShardIndex` throw.
 */
export async function openRemoteDelivery(address: string, options: HttpOptions): Promise<Delivery> {
  const url = new URL(address);
  const named = fileName(url);
  const open = (file: string): Promise<HttpBytes> => openHttpBytes(beside(url, file), options);
  const shards = named === INDEX ? await listedShards(open) : [];
  const found: string[] = [];
  for (const file of COMPANIONS) if (await exists(open, file)) found.push(file);
  return {
    root: url.origin,
    home: url.origin,
    whole: false,
    files: [named, ...shards, ...found].sort(),
    locate: async (file) => {
      throw new AssayError('FILE_UNREADABLE', `"${file}" is behind an address and no file here.`, {
        hint: 'Download the model to run it or to hash it.',
      });
    },
    open,
  };
}

function fileName(url: URL): string {
  try {
    return decodeURIComponent(posix.basename(url.pathname));
  } catch (cause) {
    throw new AssayError('USAGE', 'The address names its file with a broken percent sequence.', {
      hint: 'Copy the address again; a % in a name is written %25.',
      cause,
    });
  }
}

/** The address of another file of the same folder, with the same query: signed addresses often cover a folder. */
function beside(url: URL, file: string): string {
  const other = new URL(url);
  other.pathname = posix.join(posix.dirname(url.pathname), encodeURIComponent(file));
  return other.href;
}

async function listedShards(open: (file: string) => Promise<HttpBytes>): Promise<string[]> {
  const source = await open(INDEX);
  try {
    const { tensors } = await openShardIndex(source);
    return [...new Set(tensors.values())];
  } finally {
    await source.close();
  }
}

async function exists(open: (file: string) => Promise<HttpBytes>, file: string): Promise<boolean> {
  try {
    await (await open(file)).close();
    return true;
  } catch (error) {
    // Servers refuse what is not there in many ways; without its configuration a model is still a model.
    if (isAssayError(error, 'ABORTED')) throw error;
    return false;
  }
}
