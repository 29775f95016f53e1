/** The runtime's module, loaded only when a model is run. */
export type Ort = typeof import('onnxruntime-node');
