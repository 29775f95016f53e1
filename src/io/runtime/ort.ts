import { AssayError } from '../../core/errors.js';

export type Ort = typeof import('onnxruntime-node');

/**
 * Load ONNX Runtime. Throws RUNTIME_MISSING.
 *
 * onnxruntime-node 1.30 chooses Float16Array for half precision where the engine has it (Node 24), but its native
 * side sees zero bytes in one. This process hides the class first, so that halves are raw bits on every Node.
 */
export async function importRuntime(): Promise<Ort> {
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    const loaded = (await import('onnxruntime-node')) as Ort & { default?: Ort };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new AssayError('RUNTIME_MISSING', 'onnxruntime-node is not installed, so no model can be run.', {
      hint: 'Install it with: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node (the CPU library is inside the package). Files, digests and structure are checked without it.',
      cause,
    });
  }
}
