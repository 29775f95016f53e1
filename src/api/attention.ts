import { AssayError } from '../core/errors.js';
import type { AttentionStatistics } from '../core/types.js';
import type { OpenOptions } from '../sources/onnx.js';
import { type CandidateInput, openCandidate } from '../sources/open.js';

/** Attention of one prompt; every grid is [layers][heads]. */
export interface AttentionReading extends AttentionStatistics {
  readonly layers: number;
  readonly headCount: readonly number[];
}

/**
 * Head counts and per-head statistics for one prompt, as text or as token ids. Ids need no tokenizer.
 * Throws MODEL_OUTPUT_MISSING when the export has no attention outputs.
 */
export async function attention(
  candidate: CandidateInput,
  prompt: string | readonly number[],
  options: OpenOptions = {},
): Promise<AttentionReading> {
  const source = await openCandidate(candidate, options);
  try {
    const { tokens, attention: capability } = source.capabilities;
    if (!capability || !tokens) {
      throw new AssayError(
        'CANDIDATE_UNSUPPORTED',
        `Attention cannot be measured on ${source.kind} candidates.`,
        {
          hint: 'Give an ONNX export with attention outputs.',
        },
      );
    }
    const ids = typeof prompt === 'string' ? await tokens.encode(prompt) : prompt;
    const measured = await capability.measure(ids);
    const headCount = measured.entropyBits.map((layer) => layer.length);
    return { layers: headCount.length, headCount, ...measured };
  } finally {
    await source.close();
  }
}
