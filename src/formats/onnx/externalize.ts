import type { TensorPlace } from './rewrite.js';
import type { OnnxTensor } from './types.js';

/** Shapes, axes and scalars stay where shape inference reads them. */
const MIN_BYTES = 1024;

/**
 * Places for the inline weights of a model: in the model file itself, which the runtime then maps like any external
 * data instead of copying it through protobuf. `location` is that file's name in the folder external data is
 * resolved against.
 */
export function selfExternal(
  location: string,
  minBytes = MIN_BYTES,
): (tensor: OnnxTensor) => TensorPlace | undefined {
  return ({ storage }) =>
    storage.kind === 'inline' && storage.length >= minBytes
      ? { location, offset: storage.offset, length: storage.length }
      : undefined;
}
