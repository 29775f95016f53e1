import { dirname, join, posix, relative, sep } from 'node:path';
import type { ByteSource } from '../core/bytes.js';
import { dataType, packedBytes } from '../formats/onnx/data-types.js';
import { selfExternal } from '../formats/onnx/externalize.js';
import { readOnnx } from '../formats/onnx/read.js';
import { planRecentCache } from '../formats/onnx/recent-cache.js';
import { type GraphEdit, rewriteOnnx, type TensorPlace } from '../formats/onnx/rewrite.js';
import type { OnnxModel, OnnxTensor } from '../formats/onnx/types.js';
import { type Delivery, openBytes, sizeOf } from '../io/files.js';
import type { ModelLocation } from '../io/runtime/protocol.js';
import { checkedExternalFiles, externalFiles } from './external-files.js';

/** From here on, weights are mapped from the file instead of being copied through protobuf (half the peak memory). */
const EXTERNALIZE_FROM = 32 * 2 ** 20;

interface Places {
  readonly place: (tensor: OnnxTensor) => TensorPlace | undefined;
  /** Folder that locations are relative to. */
  readonly folder: string;
}

/** One .onnx file of a delivery, read once. */
export class OpenedGraph {
  readonly #delivery: Delivery;
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  #model: Promise<OnnxModel> | undefined;

  constructor(delivery: Delivery, path: string, signal: AbortSignal | undefined) {
    this.#delivery = delivery;
    this.#path = path;
    this.#signal = signal;
  }

  model(): Promise<OnnxModel> {
    this.#model ??= this.bytes((source) => readOnnx(source, this.#signal ? { signal: this.#signal } : {}));
    return this.#model;
  }

  async bytes<T>(use: (source: ByteSource) => Promise<T>): Promise<T> {
    const source = await openBytes(this.#delivery, this.#path);
    try {
      return await use(source);
    } finally {
      await source.close();
    }
  }

  /** Files of the delivery that hold weights: this one and its external data. */
  async weightFiles(): Promise<string[]> {
    // A model that cannot be parsed still has a file worth recording.
    const external = await this.model().then(
      (model) => externalFiles(model, this.#path),
      () => [],
    );
    return [this.#path, ...external];
  }

  /** Bytes of the weights, as far as the delivery holds them. */
  async weightBytes(): Promise<number> {
    let total = 0;
    for (const file of await this.weightFiles()) total += await sizeOf(this.#delivery, file).catch(() => 0);
    return total;
  }

  /**
   * The graph for the runtime: of a large model a copy that decodes faster and computes the same numbers, if its caches
   * allow that. Throws PATH_ESCAPES, FILE_UNREADABLE or FORMAT_TRUNCATED.
   */
  async location(): Promise<ModelLocation> {
    const model = await this.model();
    const path = await this.#delivery.locate(this.#path);
    const external = await checkedExternalFiles(model, this.#path, this.#delivery);
    const scattered = await this.#scattered(path, external);
    const large = (await this.weightBytes()) >= EXTERNALIZE_FROM;
    const whole: ModelLocation =
      scattered || (large && external.length === 0) ? await this.#edited({}) : { kind: 'path', path };
    const edit = large ? planRecentCache(model) : null;
    return edit === null ? whole : { ...(await this.#edited(edit)), otherwise: whole };
  }

  async #edited(edit: GraphEdit): Promise<Extract<ModelLocation, { kind: 'graph' }>> {
    const { place, folder } = await this.places();
    const rewrite = { place, edit, signal: this.#signal };
    return { kind: 'graph', bytes: await this.bytes((source) => rewriteOnnx(source, rewrite)), folder };
  }

  /** Whether links put the weights elsewhere than where the runtime looks for them: a hub's cache does. */
  async #scattered(path: string, external: readonly string[]): Promise<boolean> {
    for (const file of external) {
      const beside = join(dirname(path), posix.relative(posix.dirname(this.#path), file));
      if ((await this.#delivery.locate(file)) !== beside) return true;
    }
    return false;
  }

  /**
   * Where the runtime finds each weight of an edited copy of the graph. ONNX Runtime follows no link out of the folder
   * of such a copy, so places are what links lead to: in a hub's cache, blobs of the same model.
   */
  async places(): Promise<Places> {
    const model = await this.model();
    const own = await this.#delivery.locate(this.#path);
    const external = new Map<string, string>();
    for (const file of await checkedExternalFiles(model, this.#path, this.#delivery))
      external.set(file, await this.#delivery.locate(file));
    const folder = commonFolder([own, ...external.values()]);
    const within = (path: string): string => relative(folder, path).split(sep).join('/');
    const inline = selfExternal(within(own));
    return {
      folder,
      place: (tensor) => {
        const { storage } = tensor;
        if (storage.kind !== 'external') return inline(tensor);
        const path = external.get(posix.join(posix.dirname(this.#path), storage.location));
        const type = dataType(tensor.dataType);
        const length = storage.length ?? (type && packedBytes(type, tensor.elements));
        if (path === undefined || length === undefined) return undefined;
        return { location: within(path), offset: storage.offset, length };
      },
    };
  }
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...rest] = paths.map((path) => dirname(path).split(sep));
  const shared = rest.reduce((length, parts) => {
    let equal = 0;
    while (equal < length && parts[equal] === first[equal]) equal++;
    return equal;
  }, first.length);
  return first.slice(0, shared).join(sep) || sep;
}
