import type { AssayError } from '../../core/errors.js';
import { fileOverLimit, invalidFile, truncatedFile } from '../failure.js';
import type { SafetensorsFault } from './faults.js';

const DAMAGED = 'The file is damaged or was made to mislead other readers; download or convert it again.';

export function invalid(
  file: string,
  at: number,
  fault: SafetensorsFault,
  what: string,
  hint = DAMAGED,
): AssayError {
  return invalidFile({ file, at, fault }, what, hint);
}

export function truncated(file: string, at: number, fault: SafetensorsFault, what: string): AssayError {
  return truncatedFile({ file, at, fault }, what);
}

export function overLimit(file: string, at: number, fault: SafetensorsFault, what: string): AssayError {
  return fileOverLimit({ file, at, fault }, what);
}
