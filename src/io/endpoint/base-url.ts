import { endpointError } from './failure.js';

const OPERATIONS = /\/(chat\/completions|completions|models|responses|embeddings)$/;

/** Where an endpoint lives, and the model its address names behind `#`. */
export interface EndpointAddress {
  /** Without trailing slash and without operation; the query is kept, as some servers want one. */
  readonly base: URL;
  readonly model: string | undefined;
}

/** Read a base address as people paste it. Throws ENDPOINT_ADDRESS; messages show no part that may be secret. */
export function endpointAddress(text: string): EndpointAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw endpointError('ENDPOINT_URL', 'The endpoint address is no http or https address.');
  if (url.username !== '' || url.password !== '')
    throw endpointError('ENDPOINT_URL', `The address of ${url.host} holds a user name or password.`);
  const model = url.hash === '' ? undefined : decoded(url.hash.slice(1));
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '').replace(OPERATIONS, '').replace(/\/+$/, '');
  return { base: url, model };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of an operation of an endpoint. */
export function operation(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${path}`;
  return url;
}
