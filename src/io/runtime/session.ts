import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AssayError, scrubPaths } from '../../core/errors.js';
import { RECENT } from '../../formats/onnx/recent-cache.js';
import { type Cache, CachePlan } from './cache.js';
import { buildFeeds, type FeedPlan, planFeeds } from './feeds.js';
import { importRuntime, type Ort } from './ort.js';
import type { ModelLocation, PortDescription, RuntimeConfig } from './protocol.js';

export type Outputs = Readonly<Record<string, Tensor>>;

export interface ForwardOptions {
  readonly cache?: Cache | undefined;
  /** Output names to return; ONNX Runtime computes everything but copies only these. */
  readonly fetch: readonly string[];
}

/** An opened model: one forward pass at a time, with or without a KV cache. */
export interface ModelSession {
  readonly description: { inputs: PortDescription[]; outputs: PortDescription[]; runtime: string };
  readonly logitsName: string;
  /** Output that ends with the last row of the logits; at best it holds nothing else. */
  readonly lastLogitsName: string;
  readonly cached: boolean;
  readonly canPad: boolean;
  /** A continuation may have several tokens. */
  readonly canChunk: boolean;
  readonly eosTokenIds: readonly number[];
  /** `batch` rows of equal total length, or ragged rows when the model has an attention mask. */
  forward(batch: readonly (readonly number[])[], options: ForwardOptions): Promise<Outputs>;
  /** Outputs that `advance` needs of a pass over `tokens` more tokens. */
  cacheOutputs(tokens: number, previous?: Cache): readonly string[];
  /** The cache to continue from after `tokens` more tokens. */
  advance(outputs: Outputs, tokens: number, previous?: Cache): Cache;
  release(): Promise<void>;
}

/** Open the configured model on the CPU. Throws RUNTIME_MISSING, MODEL_LOAD_FAILED, MODEL_INPUT_UNKNOWN. */
export async function openSession(config: RuntimeConfig): Promise<ModelSession> {
  const ort = await importRuntime();
  if (config.model === null) {
    throw new AssayError('MODEL_LOAD_FAILED', 'The candidate has no ONNX model to run.', {
      hint: 'Expected onnx/model.onnx or model.onnx in the folder.',
    });
  }
  const session = await openEdited(ort, config.model, config.threads);
  const inputs = session.inputMetadata.map(describePort);
  const outputs = session.outputMetadata.map(describePort);
  const plan = planFeeds(inputs, config);
  const logitsName = findLogits(outputs);
  const caches = new CachePlan(matchCache(plan, outputs));
  return {
    description: {
      inputs: original(inputs),
      outputs: original(outputs),
      runtime: ort.env.versions.node ?? 'unknown',
    },
    logitsName,
    lastLogitsName: outputs.some(({ name }) => name === logitsName + RECENT)
      ? logitsName + RECENT
      : logitsName,
    cached: caches.exists,
    canPad: plan.canPad,
    canChunk: plan.canChunk,
    eosTokenIds: config.eosTokenIds,
    forward: async (batch, { cache, fetch }) => {
      try {
        return await session.run(buildFeeds(ort, plan, batch, cache), [...fetch]);
      } catch (cause) {
        throw new AssayError(
          'MODEL_RUN_FAILED',
          `The model failed while running: ${scrubPaths((cause as Error).message)}`,
          {
            hint: 'The graph loads but does not run on the inputs it declares. Ask the vendor for a tested export.',
            cause,
          },
        );
      }
    },
    cacheOutputs: (tokens, previous) => caches.outputs(tokens, previous),
    advance: (results, tokens, previous) => caches.advance(results, tokens, previous),
    release: () => session.release(),
  };
}

async function openEdited(ort: Ort, model: ModelLocation, threads: number): Promise<InferenceSession> {
  if (model.kind === 'path' || model.otherwise === undefined) return createSession(ort, model, threads);
  const { otherwise } = model;
  return createSession(ort, model, threads).catch(() => createSession(ort, otherwise, threads));
}

/**
 * Load a graph on the CPU. A memory pattern repeats the allocations of the last run, which helps decoding and costs as
 * much memory again where texts are read once. Throws MODEL_LOAD_FAILED.
 */
export async function createSession(
  ort: Ort,
  model: ModelLocation,
  threads: number,
  enableMemPattern = true,
): Promise<InferenceSession> {
  const session: Record<string, unknown> = { intra_op: { allow_spinning: '0' } };
  if (model.kind === 'graph') session.model_external_initializers_file_folder_path = model.folder;
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    enableMemPattern,
    extra: { session },
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
  };
  try {
    return model.kind === 'path'
      ? await ort.InferenceSession.create(model.path, options)
      : await ort.InferenceSession.create(model.bytes, options);
  } catch (cause) {
    throw new AssayError(
      'MODEL_LOAD_FAILED',
      `ONNX Runtime refuses the model: ${scrubPaths((cause as Error).message)}`,
      {
        hint: 'Check the file against the publisher’s digest; if it is intact, ask for an export for ONNX Runtime 1.30.',
        cause,
      },
    );
  }
}

export function describePort(meta: InferenceSession.ValueMetadata): PortDescription {
  return meta.isTensor
    ? { name: meta.name, type: meta.type, dims: [...meta.shape] }
    : { name: meta.name, type: 'non-tensor', dims: [] };
}

const isCacheOutput = (name: string): boolean => /^(present|past|new_past|updated)/.test(name);
/** Narrower rank-2 outputs are the classes of a classifier, not the last token's vocabulary. */
const SMALLEST_VOCABULARY = 256;

const original = (ports: readonly PortDescription[]): PortDescription[] =>
  ports.filter(({ name }) => !name.endsWith(RECENT));

/** [batch, sequence, vocabulary] by name or shape; [batch, vocabulary] can still generate. */
function findLogits(outputs: readonly PortDescription[]): string {
  const named = outputs.filter(({ name }) => /(^|[._/]|lm_)logits$/.test(name));
  const whole = named.find(({ dims }) => dims.length === 3 || dims.length === 0);
  const last = named.find(({ dims }) => dims.length === 2 && Number(dims[1]) >= SMALLEST_VOCABULARY);
  const shaped = outputs.filter(
    ({ name, dims, type }) =>
      dims.length === 3 &&
      type.startsWith('float') &&
      !isCacheOutput(name) &&
      !/hidden|att(n|ention)|embed|pool|encoder|features/i.test(name),
  );
  const guessed = named.length === 0 && shaped.length === 1 ? shaped[0] : undefined;
  return (whole ?? last ?? guessed)?.name ?? '';
}

/** Cache inputs with the outputs that continue them: by what is left of the name, else by order. */
function matchCache(plan: FeedPlan, outputs: readonly PortDescription[]): Map<string, string> {
  const unprefixed = (name: string): string =>
    name
      .replace(/^(past|present|new_past|updated)[._]?((key_values?|kv)(?=[._]|$))?[._]?/, '')
      .replace(/(^|[._])(in|out|input|output|new|updated)(?=[._]|$)/g, '');
  const present = outputs.filter(
    ({ name }) => isCacheOutput(name) || !/logits$|hidden|att(n|ention)/i.test(name),
  );
  const byName = new Map(present.map(({ name }) => [unprefixed(name), name]));
  const inOrder = present.filter(({ name }) => isCacheOutput(name));
  const pairs = new Map<string, string>();
  for (const [at, { name }] of plan.cache.entries()) {
    const match =
      byName.get(unprefixed(name)) ?? (inOrder.length === plan.cache.length ? inOrder[at]?.name : undefined);
    if (match === undefined) {
      throw new AssayError(
        'MODEL_OUTPUT_MISSING',
        `The model takes the cache input "${name}" but returns no matching "present" output.`,
        {
          hint: 'Expected past_key_values.N.key/value with present.N.key/value, as Optimum exports them.',
        },
      );
    }
    pairs.set(name, match);
  }
  return pairs;
}
