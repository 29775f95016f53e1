/** Random access to immutable bytes: a local file, an HTTP range or a buffer. */
export interface ByteSource {
  /** Total length in bytes. */
  readonly size: number;
  /** A name for messages, relative to the candidate. */
  readonly name: string;
  /** Exactly `length` bytes from `offset`. Callers never ask beyond `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}
