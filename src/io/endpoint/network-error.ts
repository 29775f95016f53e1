import type { AssayError } from '../../core/errors.js';
import { PRIVATE_ADDRESS } from '../http/address.js';
import type { Phase } from './deadlines.js';
import { endpointError } from './failure.js';
import { MAX_HEADER_BYTES } from './limits.js';

const TLS = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|EPROTO|HOSTNAME_MISMATCH/;

/** What Node's sockets and parsers throw, as an error of the endpoint. */
export function networkError(cause: unknown, phase: Phase, { host }: URL): AssayError {
  const code = String((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
  if (code === PRIVATE_ADDRESS)
    return endpointError('ENDPOINT_PRIVATE', `${host} leads to a private address.`);
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return endpointError('ENDPOINT_HEADERS', `${host}: headers of more than ${MAX_HEADER_BYTES} bytes.`);
  if (code.startsWith('HPE_'))
    return endpointError('ENDPOINT_NOT_HTTP', `${host}: the answer is no valid HTTP (${code}).`);
  if (TLS.test(code))
    return endpointError('ENDPOINT_TLS', `${host}: the connection is not trusted (${code}).`);
  const shown = /^E[A-Z_]+$/.test(code) ? ` (${code})` : '';
  if (phase === 'body') return endpointError('ENDPOINT_CUT', `${host}: the answer ended early${shown}.`);
  return phase === 'connect'
    ? endpointError('ENDPOINT_CONNECT', `${host} cannot be reached${shown}.`)
    : endpointError('ENDPOINT_CUT', `${host} closed the connection without an answer${shown}.`);
}
