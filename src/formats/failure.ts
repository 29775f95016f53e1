import { AssayError } from '../core/errors.js';

/** Where and what: `fault` is one of the format's own literal codes, `at` the byte at which it was found. */
interface Place<Fault extends string> {
  readonly file: string;
  readonly at: number;
  readonly fault: Fault;
}

/** Not what the format allows. `what` names the finding and what was expected. */
export function invalidFile<F extends string>(place: Place<F>, what: string, hint: string): AssayError {
  return formatError('FORMAT_INVALID', place, what, hint);
}

/** The file ends before the data it announces. */
export function truncatedFile<F extends string>(place: Place<F>, what: string): AssayError {
  return formatError('FORMAT_TRUNCATED', place, what, 'The file is incomplete; download or copy it again.');
}

/** Valid so far, but larger than any real model. */
export function fileOverLimit<F extends string>(place: Place<F>, what: string): AssayError {
  const hint = 'Real models stay far below this limit; the file may be made to exhaust the auditor.';
  return formatError('FORMAT_LIMIT', place, what, hint);
}

function formatError(
  code: 'FORMAT_INVALID' | 'FORMAT_TRUNCATED' | 'FORMAT_LIMIT',
  { file, at, fault }: Place<string>,
  what: string,
  hint: string,
): AssayError {
  return new AssayError(code, `${file}: at byte ${at}, ${what}`, { hint, fault, offset: at });
}

/** A name from the file inside a message: bounded, and unable to steer a terminal or reorder the line. */
export function quoted(name: string): string {
  const text = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  return text.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
