/** Below it a collection is not worth its milliseconds. */
const WORTH_COLLECTING = 16 * 2 ** 20;

/**
 * Free the tensors of a finished operation. Their memory is outside the JavaScript heap, whose collector is in no
 * hurry to free it: logits and caches of earlier prompts were a tenth of the peak of a 500 MB model. Needs --expose-gc.
 */
export function freeTensors(): void {
  if (process.memoryUsage().arrayBuffers > WORTH_COLLECTING) globalThis.gc?.();
}
