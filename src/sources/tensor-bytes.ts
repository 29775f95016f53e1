import { AssayError } from '../core/errors.js';
import type { StoredTensor } from '../core/types.js';
import { type Delivery, type OpenedBytes, openBytes } from '../io/files.js';

/** Shards open at once: a pass over the model touches two or three, and a process may open a thousand. */
const MAX_OPEN = 16;

/** Reads tensors wherever they lie in a delivery. Close it when done. */
export class TensorBytes {
  readonly #delivery: Delivery;
  readonly #open = new Map<string, Promise<OpenedBytes>>();

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  /** `length` bytes from byte `offset` of a tensor. Throws FORMAT_TRUNCATED when the file ends before. */
  async read(
    { name, file, offset: start }: StoredTensor,
    offset: number,
    length: number,
  ): Promise<Uint8Array> {
    const source = await this.#file(file);
    const bytes = await source.read(start + offset, length);
    if (bytes.byteLength === length) return bytes;
    throw new AssayError(
      'FORMAT_TRUNCATED',
      `${file}: tensor ${JSON.stringify(name)} has ${bytes.byteLength} of ${length} bytes at byte ${start + offset}.`,
      { hint: 'The file is incomplete or changed while it was read; download or copy it again.' },
    );
  }

  async close(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    for (const file of files) await closed(file);
  }

  #file(path: string): Promise<OpenedBytes> {
    const known = this.#open.get(path);
    this.#open.delete(path);
    const file = known ?? openBytes(this.#delivery, path);
    this.#open.set(path, file);
    const [oldest] = this.#open;
    if (oldest && this.#open.size > MAX_OPEN) {
      this.#open.delete(oldest[0]);
      void closed(oldest[1]);
    }
    return file;
  }
}

async function closed(file: Promise<OpenedBytes>): Promise<void> {
  await file.then((opened) => opened.close()).catch(() => undefined);
}
