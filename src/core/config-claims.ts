/** A config.json, or the part of it that describes the language model. */
export type Config = Readonly<Record<string, unknown>>;

/** Names that model families give one number; the first that is set counts. */
const ALIASES = {
  layers: ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers'],
  hiddenSize: ['hidden_size', 'n_embd', 'd_model', 'dim'],
  attentionHeads: ['num_attention_heads', 'n_head', 'num_heads', 'n_heads'],
  keyValueHeads: ['num_key_value_heads', 'num_kv_heads', 'n_head_kv', 'n_kv_heads', 'multi_query_group_num'],
  headDim: ['head_dim'],
  vocabSize: ['vocab_size'],
  maxPositions: [
    'max_position_embeddings',
    'n_positions',
    'max_seq_len',
    'seq_length',
    'n_ctx',
    'max_sequence_length',
    'model_max_length',
  ],
  // Llama 4 gives the width of its experts the plain name.
  intermediateSize: [
    'intermediate_size_mlp',
    'intermediate_size',
    'n_inner',
    'ffn_hidden_size',
    'hidden_dim',
  ],
  experts: ['n_routed_experts', 'num_local_experts', 'num_experts'],
  expertsActive: ['num_experts_per_tok', 'num_experts_per_token', 'top_k_experts', 'moe_topk'],
  sharedExperts: ['n_shared_experts', 'num_shared_experts'],
  expertIntermediateSize: ['moe_intermediate_size', 'expert_intermediate_size'],
  denseLayers: ['first_k_dense_replace'],
  queryLoraRank: ['q_lora_rank'],
  keyValueLoraRank: ['kv_lora_rank'],
  qkNopeHeadDim: ['qk_nope_head_dim'],
  qkRopeHeadDim: ['qk_rope_head_dim'],
  valueHeadDim: ['v_head_dim'],
  predictorLayers: ['num_nextn_predict_layers', 'num_mtp_modules'],
} as const;
export type Claim = keyof typeof ALIASES;
export type Claims = Readonly<Record<Claim, number | undefined>>;

/** Counts that may honestly be none. */
const MAY_BE_ZERO: ReadonlySet<string> = new Set(['sharedExperts', 'denseLayers', 'predictorLayers']);

/** Multimodal configurations nest the language model. */
export function languageConfig(config: Config | null): Config {
  const inner = config?.text_config;
  return (typeof inner === 'object' && inner !== null ? (inner as Config) : config) ?? {};
}

export function firstNumber(config: Config, keys: readonly string[]): number | undefined {
  return keys
    .map((key) => config[key])
    .find((value): value is number => Number.isSafeInteger(value) && Number(value) > 0);
}

/** What config.json says, under the names that model families use. */
export function configClaims(config: Config): Claims {
  const claims = Object.fromEntries(
    Object.entries(ALIASES).map(([name, keys]) => [
      name,
      firstNumber(config, keys) ?? zero(config, name, keys),
    ]),
  ) as Record<Claim, number | undefined>;
  // Falcon's older attention has one key/value head, whatever num_kv_heads beside it says.
  if (config.multi_query === true && config.new_decoder_architecture !== true) claims.keyValueHeads = 1;
  if (claims.experts !== undefined && claims.experts > 1) expertWidth(config, claims);
  return claims;
}

function zero(config: Config, name: string, keys: readonly string[]): number | undefined {
  return MAY_BE_ZERO.has(name) && keys.some((key) => config[key] === 0) ? 0 : undefined;
}

/** Mixtral, gpt-oss and Llama 4 have no name of its own for the width of an expert. */
function expertWidth(config: Config, claims: Record<Claim, number | undefined>): void {
  if (claims.expertIntermediateSize !== undefined) return;
  claims.expertIntermediateSize = firstNumber(config, ['intermediate_size', 'ffn_hidden_size']);
  if (config.intermediate_size_mlp === undefined) claims.intermediateSize = undefined;
}
