import { AssayError } from '../../core/errors.js';

const DAMAGED = 'The file is damaged or not an ONNX model; download or export it again.';

/** Not what the format allows. `what` names the finding and what was expected. */
export function invalid(file: string, at: number, what: string, hint = DAMAGED): AssayError {
  return new AssayError('FORMAT_INVALID', `${file}: at byte ${at}, ${what}`, { hint });
}

/** The file ends before the data it announces. */
export function truncated(file: string, at: number, what: string): AssayError {
  return new AssayError('FORMAT_TRUNCATED', `${file}: at byte ${at}, ${what}`, {
    hint: 'The file is incomplete; download or copy it again.',
  });
}

/** Valid so far, but larger than any real model. */
export function overLimit(file: string, at: number, what: string): AssayError {
  return new AssayError('FORMAT_LIMIT', `${file}: at byte ${at}, ${what}`, {
    hint: 'Real exports stay far below this limit; the file may be made to exhaust the auditor. Export it again.',
  });
}
