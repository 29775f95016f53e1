/** What a file is by its content; `unknown` includes ONNX, which has no signature. */
export type FileFormat =
  | 'gguf'
  | 'safetensors'
  | 'pickle'
  | 'joblib'
  | 'torch-zip'
  | 'torch-legacy'
  | 'torchscript'
  | 'keras'
  | 'hdf5'
  | 'saved-model'
  | 'skops'
  | 'numpy'
  | 'numpy-objects'
  | 'npz'
  | 'zip'
  | '7z'
  | 'tar'
  | 'compressed'
  | 'program'
  | 'unknown';

export interface Identity {
  readonly format: FileFormat;
  /** Programs that load this format run code of the file's choosing. */
  readonly executes: boolean;
  /** The format in words, and what makes it dangerous; continues "it is …". */
  readonly why: string;
}
