import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AssayError } from '../../src/core/errors.js';
import { readOnnx } from '../../src/formats/onnx/read.js';
import type { OnnxModel, OnnxTensor } from '../../src/formats/onnx/types.js';
import { bytesOf } from './bytes.js';
import { bytes, int, len } from './protobuf.js';

export const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export function fixture(path: string): Uint8Array {
  return readFileSync(`${FIXTURES}${path}`);
}

export function read(...fields: readonly Uint8Array[]): Promise<OnnxModel> {
  // A Buffer, as Node's file functions return: its slice() is a view, unlike Uint8Array's.
  return readOnnx(bytesOf(Buffer.from(bytes(...fields)), 'crafted.onnx'));
}

/** A model whose graph has these fields. */
export function graph(...fields: readonly Uint8Array[]): Uint8Array {
  return len(7, ...fields);
}

/** GraphProto.initializer. */
export function initializer(...fields: readonly Uint8Array[]): Uint8Array {
  return len(5, ...fields);
}

export async function readTensor(...fields: readonly Uint8Array[]): Promise<OnnxTensor> {
  const model = await read(graph(initializer(...fields)));
  return model.graph.initializers[0] as OnnxTensor;
}

/** GraphProto.node with one attribute. */
export function nodeWith(...attribute: readonly Uint8Array[]): Uint8Array {
  return len(1, len(4, 'Op'), len(5, len(1, 'a'), ...attribute));
}

export const FLOAT = int(2, 1);

/** The AssayError a promise must reject with. */
export async function failure(promise: Promise<unknown>): Promise<AssayError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AssayError) return error;
  throw new Error('expected an AssayError', { cause: error });
}
