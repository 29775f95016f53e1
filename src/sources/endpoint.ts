import type { CandidateSpec, ModelSource } from '../core/types.js';
import { readApiKey } from '../io/endpoint/api-key.js';
import { endpointAddress } from '../io/endpoint/base-url.js';
import { openClient } from '../io/endpoint/client.js';
import { clean, endpointError } from '../io/endpoint/failure.js';
import { DEFAULT_LIMITS, type EndpointLimits } from '../io/endpoint/limits.js';
import { isPrivate } from '../io/http/address.js';
import { machine, type OpenOptions } from './options.js';
import { tokenStacks } from './token-stacks.js';

export type EndpointSpec = Extract<CandidateSpec, { readonly kind: 'endpoint' }>;

/** A service that answers like OpenAI's. Nothing is sent before a probe asks. Throws ENDPOINT_ADDRESS and KEY_MISSING. */
export async function openEndpoint(spec: EndpointSpec, options: OpenOptions = {}): Promise<ModelSource> {
  const { base } = endpointAddress(spec.baseUrl);
  const key = spec.apiKeyEnv === undefined ? undefined : readApiKey(spec.apiKeyEnv);
  const { allowPrivateAddresses: allowPrivate = false } = options;
  if (key !== undefined && base.protocol === 'http:' && !isLocal(base.hostname))
    throw endpointError(
      'ENDPOINT_PLAIN_KEY',
      `${base.host} is an http address, and a key would be sent to it.`,
    );
  const client = openClient({
    baseUrl: spec.baseUrl,
    model: spec.model,
    key,
    allowPrivate,
    limits: limitsFor(options),
    signal: options.signal,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    checkSignature: options.checkSignature,
  });
  const { chat, completions, service } = client;
  return {
    kind: 'endpoint',
    label: `${clean(spec.model)} at ${client.host}`,
    capabilities: { chat, completions, service, stacks: tokenStacks(options) },
    maxPositions: undefined,
    warnings: [],
    environment: () => ({ ...machine(options), endpoint: client.origin, model: clean(spec.model) }),
    close: async () => client.close(),
  };
}

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isPrivate(hostname);
}

/** `--timeout` bounds one answer, and with it each of its phases. */
function limitsFor({ timeoutMs, endpointTimeMs }: OpenOptions): EndpointLimits {
  const auditMs = endpointTimeMs ?? DEFAULT_LIMITS.auditMs;
  if (timeoutMs === undefined) return { ...DEFAULT_LIMITS, auditMs };
  const shorter = (value: number): number => Math.min(value, timeoutMs);
  return {
    connectMs: shorter(DEFAULT_LIMITS.connectMs),
    headersMs: timeoutMs,
    idleMs: timeoutMs,
    totalMs: timeoutMs,
    retryWaitMs: shorter(DEFAULT_LIMITS.retryWaitMs),
    auditMs,
  };
}
