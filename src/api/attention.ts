import { AssayError } from '../core/errors.js';
import type { AttentionPrompt, AttentionReading, ModelSource, ProgressEvent } from '../core/types.js';
import { type CandidateInput, openCandidate } from '../sources/open.js';
import type { OpenOptions } from '../sources/options.js';
import { toolIdentity } from './assets.js';
import { checkPrompt, explainRun, isSeveral, type PromptIds, promptIds } from './prompt-ids.js';

export interface AttentionOptions extends OpenOptions {
  readonly onProgress?: (event: ProgressEvent) => void;
}

const PROBE = 'attention-statistics';

/**
 * Head counts and per-head statistics of one prompt, or of several with the model opened once. A string is text; a
 * list of numbers is one prompt of token ids and needs no tokenizer; a list of strings or of lists is several.
 * Throws USAGE for a prompt that is empty, has fewer than two tokens, more tokens than the model has positions, or
 * an id outside its vocabulary; MODEL_OUTPUT_MISSING when the export shows no attention; ABORTED.
 *
 * @example
 * const { headCount, normalizedEntropy } = await attention('./delivered', 'The quick brown fox');
 * const [short, long] = await attention('./delivered/onnx/model.onnx', [[1, 2, 3], [1, 2, 3, 4, 5, 6]]);
 */
export function attention(
  candidate: CandidateInput,
  prompt: AttentionPrompt,
  options?: AttentionOptions,
): Promise<AttentionReading>;
export function attention(
  candidate: CandidateInput,
  prompts: readonly AttentionPrompt[],
  options?: AttentionOptions,
): Promise<AttentionReading[]>;
export async function attention(
  candidate: CandidateInput,
  prompt: AttentionPrompt | readonly AttentionPrompt[],
  options: AttentionOptions = {},
): Promise<AttentionReading | AttentionReading[]> {
  const several = isSeveral(prompt);
  const prompts = (several ? [...prompt] : [prompt]).map((item, index, all) => {
    const where = several ? `Prompt ${index + 1} of ${all.length}` : 'The prompt';
    checkPrompt(item, where);
    return { prompt: item, where };
  });
  if (options.signal?.aborted) throw aborted();
  const source = await openCandidate(candidate, options);
  try {
    const measure = () => readings(source, prompts, options);
    const [first, ...others] = await reported(prompts.length, options.onProgress, measure);
    return several ? [first, ...others] : first;
  } finally {
    await source.close();
  }
}

type Readings = [AttentionReading, ...AttentionReading[]];

/** Every prompt is tokenized and checked before the first one costs a run. */
async function readings(
  source: ModelSource,
  prompts: readonly { readonly prompt: AttentionPrompt; readonly where: string }[],
  { onProgress }: AttentionOptions,
): Promise<Readings> {
  if (!source.capabilities.attention) {
    throw new AssayError(
      'CANDIDATE_UNSUPPORTED',
      `Attention cannot be measured on ${source.kind} candidates.`,
      { hint: 'Give an ONNX export of the model.' },
    );
  }
  const checked: PromptIds[] = [];
  for (const { prompt, where } of prompts) checked.push(await promptIds(source, prompt, where));
  const found: AttentionReading[] = [];
  for (const prompt of checked) {
    found.push(await reading(source, prompt));
    onProgress?.({ type: 'probe-progress', probe: PROBE, done: found.length, total: checked.length });
  }
  return found as Readings;
}

async function reading(source: ModelSource, prompt: PromptIds): Promise<AttentionReading> {
  const measured = await source.capabilities.attention?.measure(prompt.ids).catch(async (error: unknown) => {
    throw await explainRun(error, source, prompt);
  });
  if (measured === undefined) throw new AssayError('INTERNAL', 'The source measured no attention.');
  const headCount = measured.entropyBits.map((layer) => layer.length);
  return {
    schema: 'attention/1',
    tool: toolIdentity(),
    candidate: { kind: source.kind, label: source.label },
    layers: headCount.length,
    headCount,
    ...measured,
    warnings: source.warnings,
  };
}

/** The events a probe of a collection would make. */
async function reported<T>(
  total: number,
  onProgress: AttentionOptions['onProgress'],
  work: () => Promise<T>,
): Promise<T> {
  onProgress?.({ type: 'probe-start', probe: PROBE, index: 0, total: 1 });
  onProgress?.({ type: 'probe-progress', probe: PROBE, done: 0, total });
  try {
    const result = await work();
    onProgress?.({ type: 'probe-end', probe: PROBE, status: 'ok' });
    return result;
  } catch (error) {
    onProgress?.({ type: 'probe-end', probe: PROBE, status: 'failed' });
    throw error;
  }
}

function aborted(): AssayError {
  return new AssayError('ABORTED', 'The measurement was interrupted.', { hint: 'Start it again.' });
}
