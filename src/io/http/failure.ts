import { AssayError, type ErrorCode } from '../../core/errors.js';

/** What can go wrong with a file behind an address. */
export type HttpFault =
  | 'HTTP_ADDRESS'
  | 'HTTP_BUSY'
  | 'HTTP_CHANGED'
  | 'HTTP_CUT'
  | 'HTTP_ENCODING'
  | 'HTTP_LENGTH'
  | 'HTTP_LIMIT'
  | 'HTTP_NETWORK'
  | 'HTTP_PROTOCOL'
  | 'HTTP_RANGE'
  | 'HTTP_RANGE_IGNORED'
  | 'HTTP_REDIRECT'
  | 'HTTP_STATUS'
  | 'HTTP_TIMEOUT'
  | 'HTTP_URL';

const HINTS: Readonly<Record<HttpFault, string>> = {
  HTTP_ADDRESS: 'Public files do not live on private addresses; download the file if you trust its place.',
  HTTP_BUSY: 'Try again later, or download the file.',
  HTTP_CHANGED: 'Start again; the file was replaced while it was read.',
  HTTP_CUT: 'Try again, or download the file.',
  HTTP_ENCODING: 'Download the file; this server only offers it compressed.',
  HTTP_LENGTH: 'Download the file with another program and audit the copy.',
  HTTP_LIMIT: 'Download the file and audit the copy.',
  HTTP_NETWORK: 'Check the address and the connection.',
  HTTP_PROTOCOL: 'Give the address that the file has in the end.',
  HTTP_RANGE: 'Download the file; this server cannot be trusted to send the part that was asked for.',
  HTTP_RANGE_IGNORED: 'Download the file; this server cannot send parts of it.',
  HTTP_REDIRECT: 'Give the address that the file has in the end.',
  HTTP_STATUS: 'Check the address; files behind a login must be downloaded first.',
  HTTP_TIMEOUT: 'Try again, or download the file.',
  HTTP_URL: 'Give an address like https://host/folder/model.safetensors.',
};

export function httpError(
  fault: HttpFault,
  url: URL,
  what: string,
  { code = 'FILE_UNREADABLE', cause }: { readonly code?: ErrorCode; readonly cause?: unknown } = {},
): AssayError {
  return new AssayError(code, `${shown(url)}: ${what}`, { hint: HINTS[fault], fault, cause });
}

/** An address without what may be secret in it: user, password and query. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
