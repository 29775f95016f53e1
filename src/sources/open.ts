import { AssayError } from '../core/errors.js';
import type { CandidateSpec, ModelSource } from '../core/types.js';
import { isWeightsAddress } from '../io/remote-delivery.js';
import { openOnnx } from './onnx.js';
import type { OpenOptions } from './options.js';
import { locateModel, locateRemote } from './parse.js';
import { openRequestLog } from './request-log.js';
import { tokenStacks } from './token-stacks.js';
import { openWeights } from './weights.js';

/** What callers may name: a path or URL, or a full specification. */
export type CandidateInput = string | CandidateSpec;

/** Open a candidate by what it is. Throws CANDIDATE_NOT_FOUND, _EMPTY, _UNSUPPORTED or LOG_INVALID. */
export async function openCandidate(
  candidate: CandidateInput,
  options: OpenOptions = {},
): Promise<ModelSource> {
  if (typeof candidate !== 'string' && candidate.kind === 'endpoint')
    throw endpointUnsupported(candidate.baseUrl);
  if (typeof candidate !== 'string' && candidate.kind === 'log')
    return openRequestLog(candidate, tokenStacks(options), options);
  const path = typeof candidate === 'string' ? candidate : candidate.path;
  if (/^https?:\/\//.test(path) && !isWeightsAddress(path)) throw endpointUnsupported(path);
  const located = isWeightsAddress(path) ? await locateRemote(path, options) : await locateModel(path);
  const { model } = located;
  return model.kind === 'onnx'
    ? openOnnx(located, model.path, options)
    : openWeights(located, model, options);
}

function endpointUnsupported(url: string): AssayError {
  // The origin alone: a full address may carry credentials.
  const origin = URL.canParse(url) ? new URL(url).origin : 'The address';
  return new AssayError(
    'CANDIDATE_UNSUPPORTED',
    `"${origin}" is an endpoint; this version audits files and addresses of weights only.`,
    {
      hint: 'Give the folder, or the address of a .safetensors or .gguf file or of model.safetensors.index.json.',
    },
  );
}
