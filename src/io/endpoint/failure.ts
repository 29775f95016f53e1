import { AssayError, type ErrorCode } from '../../core/errors.js';

/** What exactly went wrong between the audit and an endpoint. */
export type EndpointFault =
  | 'ENDPOINT_CONNECT'
  | 'ENDPOINT_CUT'
  | 'ENDPOINT_DEAD'
  | 'ENDPOINT_ENCODING'
  | 'ENDPOINT_ERROR_IN_REPLY'
  | 'ENDPOINT_HEADERS'
  | 'ENDPOINT_INTERIM'
  | 'ENDPOINT_LIST'
  | 'ENDPOINT_NOT_HTTP'
  | 'ENDPOINT_NOT_A_REPLY'
  | 'ENDPOINT_OVER_TIME'
  | 'ENDPOINT_PLAIN_KEY'
  | 'ENDPOINT_PRIVATE'
  | 'ENDPOINT_REDIRECT'
  | 'ENDPOINT_SLOW'
  | 'ENDPOINT_TLS'
  | 'ENDPOINT_URL';

const HINTS: Readonly<Record<EndpointFault, readonly [code: ErrorCode, hint: string]>> = {
  ENDPOINT_CONNECT: ['ENDPOINT_UNREACHABLE', 'Check the address and the connection.'],
  ENDPOINT_CUT: ['ENDPOINT_PROTOCOL', 'Try again; a reply that ends early proves nothing and is not used.'],
  ENDPOINT_DEAD: ['ENDPOINT_UNREACHABLE', 'Try again when the server is well.'],
  ENDPOINT_ENCODING: ['ENDPOINT_PROTOCOL', 'Turn compression off: the audit asks for plain answers.'],
  ENDPOINT_ERROR_IN_REPLY: [
    'ENDPOINT_STATUS',
    'Try again; if it stays, ask the operator what the error means.',
  ],
  ENDPOINT_HEADERS: ['ENDPOINT_LIMIT', 'Real servers stay far below; the server is broken or hostile.'],
  ENDPOINT_INTERIM: ['ENDPOINT_LIMIT', 'Real servers send one; the server is broken or hostile.'],
  ENDPOINT_LIST: ['ENDPOINT_LIMIT', 'Real lists stay far below; the server is broken or hostile.'],
  ENDPOINT_NOT_HTTP: ['ENDPOINT_PROTOCOL', 'Check the address, its port, and whether it is http or https.'],
  ENDPOINT_NOT_A_REPLY: [
    'ENDPOINT_PROTOCOL',
    'Give the address of an OpenAI-compatible API, up to its version.',
  ],
  ENDPOINT_OVER_TIME: ['ENDPOINT_TIMEOUT', 'Allow more with --time-limit, or choose fewer probes.'],
  ENDPOINT_PLAIN_KEY: ['ENDPOINT_ADDRESS', 'Use https: over http anyone on the way can read the key.'],
  ENDPOINT_PRIVATE: ['ENDPOINT_ADDRESS', 'Add --allow-private-addresses to audit a server of your own.'],
  ENDPOINT_REDIRECT: [
    'ENDPOINT_ADDRESS',
    'Requests carry the key and are not sent on; give the final address.',
  ],
  ENDPOINT_SLOW: ['ENDPOINT_TIMEOUT', 'Try again, or allow one answer more time with --timeout.'],
  ENDPOINT_TLS: ['ENDPOINT_UNREACHABLE', 'For a certificate authority of your own set NODE_EXTRA_CA_CERTS.'],
  ENDPOINT_URL: ['ENDPOINT_ADDRESS', 'Give an address like https://host/v1, and the key in a variable.'],
};

export function endpointError(fault: EndpointFault, what: string, cause?: unknown): AssayError {
  const [code, hint] = HINTS[fault];
  return new AssayError(code, what, { hint, fault, cause });
}

const STATUS_HINTS: Readonly<Record<number, string>> = {
  401: 'Name the variable that holds the key with --api-key-env, and check the key.',
  403: 'Name the variable that holds the key with --api-key-env, and check what it may do.',
  404: 'Check the address (it ends with the version, like /v1) and the model name.',
  429: 'Wait, or audit with a smaller suite.',
};

/** An answer whose status is an error. `message` must be scrubbed. */
export function statusError(status: number, message: string): AssayError {
  const said = message === '' ? '' : `: ${clean(message)}`;
  return new AssayError('ENDPOINT_STATUS', `The endpoint answered ${status}${said}`, {
    hint: STATUS_HINTS[status] ?? 'Try again; if it stays, ask the operator what the error means.',
    fault: `HTTP_${status}`,
  });
}

export function unsupported(what: string, message: string): AssayError {
  const said = message === '' ? '' : `: ${clean(message)}`;
  return new AssayError('ENDPOINT_UNSUPPORTED', `The endpoint refuses ${what}${said}`, {
    hint: 'Nothing follows from it: many honest servers lack this.',
  });
}

const MAX_SAID = 300;

/** A server's words on one line that cannot steer a terminal. */
export function clean(message: string): string {
  const flat = message.replace(/\p{C}+/gu, ' ').trim();
  return flat.length > MAX_SAID ? `${flat.slice(0, MAX_SAID - 1)}…` : flat;
}
