import { AssayError } from '../core/errors.js';
import type { CandidateSpec, ModelSource } from '../core/types.js';
import { filesCapability } from './files-capability.js';
import { type OpenOptions, openOnnx } from './onnx.js';
import { locateModel } from './parse.js';

/** What callers may name: a path or URL, or a full specification. */
export type CandidateInput = string | CandidateSpec;

/** Open a candidate by what it is. Throws CANDIDATE_NOT_FOUND, _EMPTY or _UNSUPPORTED. */
export async function openCandidate(
  candidate: CandidateInput,
  options: OpenOptions = {},
): Promise<ModelSource> {
  if (typeof candidate !== 'string' && candidate.kind === 'endpoint')
    throw endpointUnsupported(candidate.baseUrl);
  const path = typeof candidate === 'string' ? candidate : candidate.path;
  if (/^https?:\/\//.test(path)) throw endpointUnsupported(path);
  const located = await locateModel(path);
  if (located.spec.kind === 'onnx') return openOnnx(located, options);
  return {
    kind: located.spec.kind,
    label: located.label,
    capabilities: { files: filesCapability(located.delivery, async () => [located.modelPath]) },
    maxPositions: undefined,
    warnings: [`${located.spec.kind} weights are digested only; this version measures ONNX models.`],
    environment: () => ({ node: process.versions.node }),
    close: async () => undefined,
  };
}

function endpointUnsupported(url: string): AssayError {
  // The origin alone: a full address may carry credentials.
  const origin = URL.canParse(url) ? new URL(url).origin : 'The address';
  return new AssayError(
    'CANDIDATE_UNSUPPORTED',
    `"${origin}" is an endpoint; this version audits files only.`,
    {
      hint: 'Audit the delivered ONNX folder, or watch the changelog for endpoint support.',
    },
  );
}
