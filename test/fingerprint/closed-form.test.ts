import { describe, expect, it } from 'vitest';
import { configClaims } from '../../src/core/config-claims.js';
import { closedForm } from '../../src/fingerprint/closed-form/closed-form.js';
import { shapeOf } from '../../src/fingerprint/closed-form/families.js';
import type { ArchitectureShape } from '../../src/fingerprint/closed-form/shape.js';
import { configOf, publicModels } from '../support/public-shapes.js';
import { sharedData, whySkipped } from '../support/shared-data.js';

const BF16 = { bytes: 2 };
const FP8 = { bytes: 2, tile: [128, 128] } as const;

function shape(config: Record<string, unknown>): ArchitectureShape {
  return shapeOf(config, configClaims(config)) ?? expect.fail('the configuration describes no known family');
}

describe.skipIf(!sharedData)(`public models${whySkipped}`, () => {
  const models = sharedData ? publicModels() : [];

  it('are all there', () => {
    expect(models.length).toBe(31);
  });

  it.each(models.map((model) => [model.id, model] as const))('%s, to the unit', (_, model) => {
    const { params, arch } = model;
    const form = closedForm(shape(configOf(model)), arch.kind === 'mla_moe' ? FP8 : BF16);
    expect(form).toMatchObject({
      parameters: params.total,
      tensors: params.tensors,
      ...(params.active && { active: params.active }),
      ...(params.bytes_payload && { payloadBytes: params.bytes_payload }),
      ...(params.hub_total && { storedNumbers: params.hub_total }),
      ...(params.mtp_unique && { predictorParameters: params.mtp_unique }),
    });
  });
});

describe('published totals', () => {
  it('GPT-2 small has 124,439,808 numbers in 148 tensors', () => {
    const gpt2 = {
      model_type: 'gpt2',
      n_layer: 12,
      n_embd: 768,
      n_head: 12,
      n_positions: 1024,
      vocab_size: 50257,
    };
    expect(closedForm(shape(gpt2), { bytes: 4 })).toMatchObject({ parameters: 124_439_808, tensors: 148 });
  });

  it('BERT base has 109,482,240 numbers in 199 tensors', () => {
    const bert = {
      model_type: 'bert',
      num_hidden_layers: 12,
      hidden_size: 768,
      num_attention_heads: 12,
      intermediate_size: 3072,
      max_position_embeddings: 512,
      type_vocab_size: 2,
      vocab_size: 30522,
    };
    expect(closedForm(shape(bert), { bytes: 4 })).toMatchObject({ parameters: 109_482_240, tensors: 199 });
  });

  it('Gemma 2 2B has 2,614,341,888 numbers in 288 tensors', () => {
    const gemma = {
      model_type: 'gemma2',
      num_hidden_layers: 26,
      hidden_size: 2304,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      head_dim: 256,
      intermediate_size: 9216,
      vocab_size: 256000,
    };
    expect(closedForm(shape(gemma), BF16)).toMatchObject({ parameters: 2_614_341_888, tensors: 288 });
  });

  it('DeepSeek-V2-Lite has 15,706,484,224 numbers, without a query rank', () => {
    const lite = {
      model_type: 'deepseek_v2',
      num_hidden_layers: 27,
      hidden_size: 2048,
      num_attention_heads: 16,
      kv_lora_rank: 512,
      q_lora_rank: null,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
      intermediate_size: 10944,
      moe_intermediate_size: 1408,
      n_routed_experts: 64,
      n_shared_experts: 2,
      num_experts_per_tok: 6,
      first_k_dense_replace: 1,
      vocab_size: 102400,
    };
    expect(closedForm(shape(lite), BF16).parameters).toBe(15_706_484_224);
  });
});

describe('what is not known is not computed', () => {
  it('a family without a table, a missing head size and experts in every other layer', () => {
    const dense = {
      num_hidden_layers: 2,
      hidden_size: 8,
      num_attention_heads: 2,
      vocab_size: 16,
      intermediate_size: 8,
    };
    const of = (config: Record<string, unknown>) => shapeOf(config, configClaims(config));
    expect(of({ ...dense, model_type: 'llama' })).not.toBeNull();
    expect(of({ ...dense, model_type: 'qwen3' })).toBeNull();
    expect(of({ ...dense, model_type: 'constructor' })).toBeNull();
    expect(of({ ...dense, model_type: 'mixtral', num_local_experts: 4, decoder_sparse_step: 2 })).toBeNull();
  });

  it('numbers beyond what doubles count exactly', () => {
    const huge = {
      model_type: 'llama',
      num_hidden_layers: 2 ** 30,
      hidden_size: 2 ** 30,
      num_attention_heads: 2,
      vocab_size: 9,
      intermediate_size: 9,
    };
    expect(() => closedForm(shape(huge), BF16)).toThrow(RangeError);
  });

  it('active parameters without the number of experts in use', () => {
    const mixtral = {
      model_type: 'mixtral',
      num_hidden_layers: 2,
      hidden_size: 8,
      num_attention_heads: 2,
      vocab_size: 16,
      intermediate_size: 8,
      num_local_experts: 4,
    };
    expect(closedForm(shape(mixtral), BF16).active).toBeNull();
  });
});
