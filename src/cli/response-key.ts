import type { Command } from 'commander';
import { AssayError } from '../core/errors.js';
import { type ResponseKey, type SignatureChecker, signatureChecker } from '../io/endpoint/signature.js';
import { readText } from './io.js';

/** How answers of an endpoint are signed. */
export interface ResponseKeyFlags {
  readonly responseKey?: string;
  readonly responseSecretEnv?: string;
  readonly signatureHeader?: string;
}

export function withResponseKey(command: Command): Command {
  return command
    .option('--response-key <pem>', 'public key with which an endpoint signs its answers')
    .option(
      '--response-secret-env <variable>',
      'environment variable that holds the secret of HMAC-SHA256 signatures',
    )
    .option('--signature-header <name>', 'header of an answer that carries its signature');
}

/** Throws USAGE when one of the options lacks another. */
export function signatureOptions(flags: ResponseKeyFlags): { readonly checkSignature?: SignatureChecker } {
  const { responseKey, responseSecretEnv, signatureHeader: header } = flags;
  if (responseKey === undefined && responseSecretEnv === undefined && header === undefined) return {};
  if (header === undefined) throw usage('--signature-header is missing');
  return { checkSignature: signatureChecker({ header, key: chosenKey(responseKey, responseSecretEnv) }) };
}

/** The one key that was named. Throws USAGE and KEY_MISSING. */
export function chosenKey(file: string | undefined, variable: string | undefined): ResponseKey {
  if ((file === undefined) === (variable === undefined))
    throw usage('exactly one of a public key and a secret is needed');
  if (file !== undefined) return { kind: 'public', pem: readText(file) };
  const secret = process.env[variable ?? ''];
  if (secret) return { kind: 'secret', secret };
  throw new AssayError(
    'KEY_MISSING',
    `The environment variable ${JSON.stringify(variable)} holds no secret.`,
    {
      hint: 'Set it to the secret that the service signs with.',
    },
  );
}

function usage(what: string): AssayError {
  return new AssayError('USAGE', `Signatures of answers cannot be checked: ${what}.`, {
    hint: 'Give --response-key FILE or --response-secret-env VARIABLE, and --signature-header NAME.',
  });
}
