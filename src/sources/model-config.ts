import { AssayError } from '../core/errors.js';
import { type Delivery, readSmallText } from '../io/files.js';

/** Largest published config.json is 200 kB; tokenizer_config.json with 1,000 added tokens, 3 MB. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

type Json = Readonly<Record<string, unknown>>;

/** Everything besides weights that decides how a model is run. */
export interface ModelConfig {
  readonly config: Json | null;
  readonly eosTokenIds: readonly number[];
  readonly tokenizerConfig: Json;
  readonly tokenizerFile: string | null;
  readonly template: string | null;
  readonly templateVariables: Json;
  readonly keyValueHeads: number | undefined;
  readonly headDim: number | undefined;
  readonly maxPositions: number | undefined;
  /** First token of an encoder–decoder's decoder. */
  readonly decoderStart: number | undefined;
  /** Bands and frames of the spectrogram an encoder of audio takes. */
  readonly mels: number | undefined;
  readonly frames: number | undefined;
}

/** What a bare model file has. */
export const NO_CONFIG: ModelConfig = {
  config: null,
  eosTokenIds: [],
  tokenizerConfig: {},
  tokenizerFile: null,
  template: null,
  templateVariables: {},
  keyValueHeads: undefined,
  headDim: undefined,
  maxPositions: undefined,
  decoderStart: undefined,
  mels: undefined,
  frames: undefined,
};

/** Read config.json, generation_config.json and the tokenizer configuration. Throws MODEL_CONFIG_INVALID. */
export async function readModelConfig(delivery: Delivery): Promise<ModelConfig> {
  const config = await readJson(delivery, 'config.json');
  const generation = (await readJson(delivery, 'generation_config.json')) ?? {};
  const tokenizerConfig = (await readJson(delivery, 'tokenizer_config.json')) ?? {};
  // Multimodal configurations nest the language model.
  const text = asObject(config?.text_config) ?? config ?? {};
  const heads = positive(text.num_attention_heads ?? text.n_head);
  const hidden = positive(text.hidden_size ?? text.n_embd);
  return {
    config,
    eosTokenIds: integers(generation.eos_token_id ?? text.eos_token_id),
    tokenizerConfig,
    tokenizerFile: delivery.files.includes('tokenizer.json') ? 'tokenizer.json' : null,
    template: await findTemplate(delivery, tokenizerConfig),
    templateVariables: specialTokens(tokenizerConfig),
    keyValueHeads: positive(text.num_key_value_heads) ?? heads,
    headDim: positive(text.head_dim) ?? (hidden && heads ? positive(hidden / heads) : undefined),
    maxPositions: maxPositions(text),
    decoderStart: integers(generation.decoder_start_token_id ?? text.decoder_start_token_id)[0],
    mels: positive(text.num_mel_bins),
    // Whisper's convolutions halve the frames.
    frames: positive(Number(text.max_source_positions) * 2),
  };
}

/** An encoder–decoder starts its text with a token of its own. */
function maxPositions(text: Json): number | undefined {
  const positions = positive(text.max_position_embeddings ?? text.n_positions ?? text.max_target_positions);
  return positions === undefined || text.is_encoder_decoder !== true ? positions : positive(positions - 1);
}

async function readJson(delivery: Delivery, path: string): Promise<Json | null> {
  const text = await readSmallText(delivery, path, MAX_JSON_BYTES);
  if (text === null) return null;
  try {
    if (text.startsWith('version https://git-lfs'))
      throw new Error('it is a Git LFS pointer; run git lfs pull');
    const object = asObject(JSON.parse(text));
    if (object) return object;
    throw new Error('the top level is not an object');
  } catch (cause) {
    throw new AssayError('MODEL_CONFIG_INVALID', `${path} is not valid: ${(cause as Error).message}`, {
      hint: 'Compare it with the publisher’s file; a truncated download is the usual cause.',
      cause,
    });
  }
}

async function findTemplate(delivery: Delivery, tokenizerConfig: Json): Promise<string | null> {
  const own = await readSmallText(delivery, 'chat_template.jinja', MAX_JSON_BYTES);
  if (own !== null) return own;
  const inline = tokenizerConfig.chat_template;
  if (typeof inline === 'string') return inline;
  if (!Array.isArray(inline)) return null;
  const named = inline.map(asObject).find((entry) => entry?.name === 'default') ?? asObject(inline[0]);
  return typeof named?.template === 'string' ? named.template : null;
}

function specialTokens(tokenizerConfig: Json): Json {
  const tokens: Record<string, string> = {};
  for (const key of ['bos_token', 'eos_token', 'pad_token', 'unk_token']) {
    const value = tokenizerConfig[key];
    const content = typeof value === 'string' ? value : asObject(value)?.content;
    if (typeof content === 'string') tokens[key] = content;
  }
  return tokens;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function integers(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is number => Number.isInteger(item));
}
