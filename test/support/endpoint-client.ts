import { type ClientSettings, type EndpointClient, openClient } from '../../src/io/endpoint/client.js';
import { DEFAULT_LIMITS, type EndpointLimits } from '../../src/io/endpoint/limits.js';

/** A client of a server on this machine, with short deadlines. */
export function localClient(
  url: string,
  {
    limits = {},
    ...settings
  }: Partial<Omit<ClientSettings, 'limits'>> & { readonly limits?: Partial<EndpointLimits> } = {},
): EndpointClient {
  return openClient({
    baseUrl: url,
    model: 'm',
    key: undefined,
    allowPrivate: true,
    signal: undefined,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    ...settings,
    limits: { ...DEFAULT_LIMITS, totalMs: 5_000, ...limits },
  });
}
