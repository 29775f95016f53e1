import type { AssayError } from '../../core/errors.js';
import { fileOverLimit, invalidFile, truncatedFile } from '../failure.js';
import type { OnnxFault } from './fault.js';

const DAMAGED = 'The file is damaged or not an ONNX model; download or export it again.';

interface Place {
  readonly file: string;
  readonly at: number;
  readonly fault: OnnxFault;
}

/** Not what the format allows. `what` names the finding and what was expected. */
export function invalid(place: Place, what: string, hint = DAMAGED): AssayError {
  return invalidFile(place, what, hint);
}

/** The file ends before the data it announces. */
export function truncated(place: Place, what: string): AssayError {
  return truncatedFile(place, what);
}

/** Valid so far, but larger than any real model. */
export function overLimit(place: Place, what: string): AssayError {
  return fileOverLimit(place, what);
}
