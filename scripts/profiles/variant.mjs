// One entry of the fact collection as a variant of a profile.
import { CONFIRMATIONS, SHAPES_FROM_MEMORY } from './catalogue.mjs';

const MEMORY = '(memory)';
/** Names of facts, as in an architecture, by the names of the collection. */
const ARCHITECTURE = {
  model_type: 'family',
  layers: 'layers',
  hidden: 'hiddenSize',
  heads: 'attentionHeads',
  kv_heads: 'keyValueHeads',
  head_dim: 'headDim',
  vocab: 'vocabSize',
  ff: 'intermediateSize',
  ff_dense: 'intermediateSize',
  experts: 'experts',
  experts_active: 'expertsActive',
  experts_shared: 'sharedExperts',
  ff_expert: 'expertIntermediateSize',
  dense_layers: 'denseLayers',
  q_lora: 'queryLoraRank',
  kv_lora: 'keyValueLoraRank',
  qk_nope: 'qkNopeHeadDim',
  qk_rope: 'qkRopeHeadDim',
  v_head: 'valueHeadDim',
  tied: 'tiedEmbeddings',
  qkv_bias: 'qkvBias',
  qk_norm: 'qkNorm',
  mtp_layers: 'predictorLayers',
  max_pos: 'maxPositions',
};
const TOTALS = { total: 'parameters', tensors: 'tensors', bytes_payload: 'payloadBytes' };
const BITS = { bfloat16: 16, float16: 16, float32: 32 };
/** Facts of the whole release that a quantized copy of it does not share. */
const NOT_OF_A_COPY = new Set(['weightBits', 'payloadBytes', 'tensors', 'parameters']);
/** What "(memory) for …" names, where it names single facts. */
const MARKED = { max_pos: 'maxPositions' };

/** Public tokenizers by model type; Llama before version 3 has another one, with 32,000 tokens. */
const TOKEN_STACKS = {
  deepseek_v3: 'deepseek-v3',
  qwen2: 'qwen2.5',
  qwen3: 'qwen2.5',
  qwen3_moe: 'qwen2.5',
  llama: 'llama-3',
};
const LLAMA_3_VOCABULARY = 128_256;

/** Tokenizer of an entry, by the id of a token stack. */
export function tokenStackOf({ arch }) {
  const older = arch.model_type === 'llama' && arch.vocab !== LLAMA_3_VOCABULARY;
  return older ? undefined : TOKEN_STACKS[arch.model_type];
}

/** Facts with the sources of each; those without any are unconfirmed. */
export function factsOf(entry, copy) {
  const { arch, params = {}, quant } = entry;
  const found = new Map();
  const add = (name, value, sources) => found.set(name, { value, sources: named(sources) });
  for (const [key, name] of Object.entries(ARCHITECTURE)) {
    if (arch[key] !== undefined) add(name, arch[key], arch.source ?? entry.source);
  }
  const stored = quant?.method === 'fp8' ? 8 : BITS[quant?.torch_dtype ?? arch.torch_dtype];
  if (stored) add('weightBits', stored, quant?.source ?? arch.source ?? entry.source);
  for (const [key, name] of Object.entries(TOTALS)) {
    if (params[key] !== undefined) add(name, params[key], params.source ?? entry.source);
  }
  for (const [marker, name] of Object.entries(MARKED)) {
    if (found.has(name) && inMemory(arch.source ?? []).some((text) => text.includes(marker)))
      found.get(name).sources = [];
  }
  if (SHAPES_FROM_MEMORY.has(entry.id)) confirm(found, CONFIRMATIONS[entry.id]);
  if (copy) {
    for (const name of NOT_OF_A_COPY) found.delete(name);
    add('weightBits', copy.bits, copy.sources);
  }
  return found;
}

function confirm(found, { key, facts } = { facts: [] }) {
  for (const [name, fact] of found) fact.sources = facts.includes(name) ? [key] : [];
}

const listed = (sources) => [sources ?? []].flat();
const inMemory = (sources) => listed(sources).filter((text) => text.includes(MEMORY));
const named = (sources) => listed(sources).filter((text) => !text.includes(MEMORY));

/** Names under which the version is sold, without asides. */
export function aliasesOf({ claims = [], also = [] }) {
  return [...claims, ...also].map((name) => name.replace(/\s*\(memory\)/, ''));
}

const grouped = (value) => value.toLocaleString('en-US');

/** What a reader should know beyond numbers. */
export function notesOf(
  { teacher, derived_from: base, params = {}, note, trap, near_collision: near },
  copy,
) {
  return [
    base &&
      `Trained from ${base}${teacher ? ` on outputs of ${teacher}` : ''}: it has the shapes of its base.`,
    params.mtp_unique &&
      `Main model only: a prediction layer adds ${grouped(params.mtp_unique)} parameters of its own, and hub counters show ${grouped(params.hub_total)} with scales and duplicates.`,
    params.published && `Published as ${params.published}.`,
    near && `${near.with} has nearly the same number of parameters (${near.gap_percent} % apart).`,
    note,
    trap,
    copy && 'A quantized copy that others made of the release.',
  ].filter(Boolean);
}
