import { posix } from 'node:path';
import type { Delivery } from '../io/files.js';

/** The files that are one set of weights, without ONNX. */
export interface WeightSet {
  readonly kind: 'safetensors' | 'gguf';
  /** In the order of their numbers; empty where only metadata were delivered. */
  readonly paths: readonly string[];
  readonly indexPath: string | null;
}

const INDEX = 'model.safetensors.index.json';
/** name-00001-of-00163.safetensors, name-00001-of-00009.gguf */
const NUMBERED = /^(.*?)-?(\d{5})-of-(\d{5,6})(\.safetensors|\.gguf)$/;
/** What says what a model is when its weights are not there. */
const METADATA = ['config.json', INDEX];

/**
 * Choose the weights of a folder: the shards an index names, a single model.safetensors, a numbered set, or the first
 * file of any name. Undefined when there are neither weights nor metadata.
 */
export function chooseWeights(
  { files }: Delivery,
  kindOf: ReadonlyMap<string, 'safetensors' | 'gguf'>,
): WeightSet | undefined {
  const paths = [...kindOf.keys()];
  const indexPath = files.includes(INDEX) ? INDEX : null;
  const safetensors = paths.filter((path) => kindOf.get(path) === 'safetensors');
  const gguf = paths.filter((path) => kindOf.get(path) === 'gguf');
  const [first] = safetensors;
  if (first !== undefined) {
    const single = safetensors.find((path) => path === 'model.safetensors');
    const shard = safetensors.find((path) => /^model-\d/.test(path));
    const chosen = indexPath ? (shard ?? single ?? first) : (single ?? first);
    return {
      kind: 'safetensors',
      paths: numberedSet(safetensors, chosen),
      indexPath: chosen === single ? null : indexPath,
    };
  }
  const [head] = gguf;
  if (head !== undefined) return { kind: 'gguf', paths: numberedSet(gguf, head), indexPath: null };
  if (METADATA.some((path) => files.includes(path))) return { kind: 'safetensors', paths: [], indexPath };
  return undefined;
}

/** All numbered files of the set a file belongs to; the file alone when it has no number. */
function numberedSet(paths: readonly string[], chosen: string): string[] {
  const set = setOf(chosen);
  return set === undefined ? [chosen] : paths.filter((path) => setOf(path) === set).sort();
}

function setOf(path: string): string | undefined {
  const match = NUMBERED.exec(posix.basename(path));
  return match ? `${posix.dirname(path)}/${match[1]}-of-${match[3]}` : undefined;
}
