import { AssayError } from '../core/errors.js';
import type { CandidateSpec, ModelSource } from '../core/types.js';
import { endpointAddress } from '../io/endpoint/base-url.js';
import { isWeightsAddress } from '../io/remote-delivery.js';
import { type EndpointSpec, openEndpoint } from './endpoint.js';
import { openOnnx } from './onnx.js';
import type { OpenOptions } from './options.js';
import { locateModel, locateRemote } from './parse.js';
import { openRequestLog } from './request-log.js';
import { tokenStacks } from './token-stacks.js';
import { openWeights } from './weights.js';

/** What callers may name: a path or URL, or a full specification. */
export type CandidateInput = string | CandidateSpec;

/** Open a candidate by what it is. Throws CANDIDATE_NOT_FOUND, _EMPTY or _UNSUPPORTED, ENDPOINT_ADDRESS, KEY_MISSING and LOG_INVALID. */
export async function openCandidate(
  candidate: CandidateInput,
  options: OpenOptions = {},
): Promise<ModelSource> {
  if (typeof candidate !== 'string' && candidate.kind === 'endpoint') return openEndpoint(candidate, options);
  if (typeof candidate !== 'string' && candidate.kind === 'log')
    return openRequestLog(candidate, tokenStacks(options), options);
  const path = typeof candidate === 'string' ? candidate : candidate.path;
  if (/^https?:\/\//.test(path) && !isWeightsAddress(path)) return openEndpoint(named(path), options);
  const located = isWeightsAddress(path) ? await locateRemote(path, options) : await locateModel(path);
  const { model } = located;
  return model.kind === 'onnx'
    ? openOnnx(located, model.path, options)
    : openWeights(located, model, options);
}

/** Whether a candidate is a service, which has no files. */
export function isEndpoint(candidate: CandidateInput): boolean {
  if (typeof candidate !== 'string') return candidate.kind === 'endpoint';
  return /^https?:\/\//.test(candidate) && !isWeightsAddress(candidate);
}

/** `https://host/v1#model`: an endpoint and its model in one text. Throws ENDPOINT_ADDRESS and USAGE. */
function named(address: string): EndpointSpec {
  const { base, model } = endpointAddress(address);
  if (model !== undefined) return { kind: 'endpoint', baseUrl: address, model };
  throw new AssayError('USAGE', `"${base.origin}" is an endpoint, and no model was named.`, {
    hint: 'Write https://host/v1#model. An address of weights ends in .safetensors, .gguf or model.safetensors.index.json.',
  });
}
