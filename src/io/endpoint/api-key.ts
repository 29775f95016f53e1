import { AssayError } from '../../core/errors.js';

/** A header value may hold nothing else; line ends would start headers of their own. */
const PRINTABLE = /^[\x21-\x7e]{1,8192}$/;

/** The key in the environment variable `name`. The only place that reads it. Throws KEY_MISSING. */
export function readApiKey(name: string): string {
  const key = process.env[name]?.trim();
  if (key === undefined || key === '') {
    throw new AssayError('KEY_MISSING', `The environment variable ${JSON.stringify(name)} holds no key.`, {
      hint: 'Set it, or leave out the option that names it when the server needs no key.',
    });
  }
  if (PRINTABLE.test(key)) return key;
  throw new AssayError(
    'KEY_MISSING',
    `The environment variable ${JSON.stringify(name)} holds characters that no key has.`,
    { hint: 'A key is one line of printable ASCII without blanks; copy it again.' },
  );
}
