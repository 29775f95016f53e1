/** Numbers stored in blocks of equal size; a plain float is a block of one. */
export interface BlockType {
  /** Numbers of one block. */
  readonly values: number;
  /** Bytes of one block. */
  readonly bytes: number;
  /** Decode as many blocks as fill `out`, from the first byte of `bytes`. */
  decode(bytes: Uint8Array, out: Float32Array): void;
}
