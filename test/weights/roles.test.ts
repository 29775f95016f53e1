import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TensorRole } from '../../src/core/types.js';
import { namingOf, roleOf, rolesOf } from '../../src/weights/roles.js';

const role = (
  name: TensorRole['role'],
  layer: number | null,
  more: Partial<TensorRole> = {},
): TensorRole => ({
  role: name,
  layer,
  part: 'weight',
  ...more,
});

const NAMES: readonly (readonly [string, TensorRole])[] = [
  ['model.embed_tokens.weight', role('embedding', null)],
  ['language_model.model.embed_tokens.weight', role('embedding', null)],
  ['model.layers.3.self_attn.q_proj.weight', role('query', 3)],
  ['model.layers.3.self_attn.q_proj.bias', role('query', 3, { part: 'bias' })],
  ['language_model.model.layers.3.self_attn.k_proj.weight', role('key', 3)],
  ['layers.3.attention.wv.weight', role('value', 3)],
  ['model.layers.3.self_attn.q_norm.weight', role('query-norm', 3)],
  ['model.layers.3.self_attn.qkv_proj.weight', role('query-key-value', 3)],
  ['model.layers.3.mlp.gate_up_proj.weight', role('gate-up', 3)],
  ['model.layers.3.post_attention_layernorm.weight', role('mlp-norm', 3)],
  ['model.norm.weight', role('final-norm', null)],
  ['lm_head.weight', role('head', null)],
  ['model.layers.3.self_attn.rotary_emb.inv_freq', role('rotary', 3)],
  ['model.layers.1.block_sparse_moe.gate.weight', role('router', 1)],
  ['model.layers.1.block_sparse_moe.experts.7.w2.weight', role('down', 1, { expert: 7 })],
  ['model.layers.1.mlp.shared_expert.gate_proj.weight', role('gate', 1, { expert: 'shared' })],
  ['model.layers.1.mlp.shared_experts.up_proj.weight', role('up', 1, { expert: 'shared' })],
  ['model.layers.1.mlp.shared_expert_gate.weight', role('shared-gate', 1)],
  ['model.layers.4.mlp.gate.e_score_correction_bias', role('router', 4, { part: 'bias' })],
  ['model.layers.4.self_attn.kv_a_proj_with_mqa.weight', role('key-value-a', 4)],
  ['model.layers.0.mlp.experts.gate_up_proj_blocks', role('gate-up', 0, { expert: 'stacked' })],
  ['model.layers.0.mlp.experts.gate_up_proj_bias', role('gate-up', 0, { expert: 'stacked', part: 'bias' })],
  ['model.layers.0.mlp.experts.down_proj_scales', role('other', null)],
  ['model.layers.0.self_attn.sinks', role('attention-sinks', 0)],
  ['model.layers.0.self_attn.q_proj.qweight', role('query', 0)],
  ['model.layers.0.self_attn.q_proj.g_idx', role('other', null)],
  ['model.layers.0.self_attn.q_proj.weight_scale_inv', role('other', null)],
  ['model.layers.0.self_attn.q_proj.lora_A.weight', role('other', null)],
  ['transformer.h.2.attn.c_attn.weight', role('query-key-value', 2, { transposed: true })],
  ['h.2.mlp.c_proj.weight', role('down', 2, { transposed: true })],
  ['h.2.attn.bias', role('other', null, { part: 'bias' })],
  ['wpe.weight', role('position-embedding', null)],
  ['bert.encoder.layer.5.attention.self.query.weight', role('query', 5)],
  ['encoder.layer.5.attention.output.dense.weight', role('output', 5)],
  ['encoder.layer.5.intermediate.dense.weight', role('up', 5)],
  ['encoder.layer.5.output.dense.bias', role('down', 5, { part: 'bias' })],
  ['encoder.layer.5.output.LayerNorm.gamma', role('post-mlp-norm', 5)],
  ['bert.embeddings.LayerNorm.weight', role('embedding-norm', null)],
  ['bert.embeddings.token_type_embeddings.weight', role('type-embedding', null)],
  ['bert.pooler.dense.weight', role('other', null)],
  ['distilbert.transformer.layer.0.ffn.lin2.weight', role('down', 0)],
  ['transformer.h.0.self_attention.query_key_value.weight', role('query-key-value', 0)],
  ['gpt_neox.layers.0.attention.dense.weight', role('output', 0)],
  ['model.decoder.layers.0.final_layer_norm.weight', role('mlp-norm', 0)],
  ['model.decoder.final_layer_norm.weight', role('final-norm', null)],
  ['model.encoder.layers.0.self_attn.q_proj.weight', role('other', null)],
  ['model.decoder.layers.0.encoder_attn.q_proj.weight', role('other', null)],
  ['vision_tower.encoder.layers.0.self_attn.q_proj.weight', role('other', null)],
  ['model.visual.blocks.0.attn.qkv.weight', role('other', null)],
  ['token_embd.weight', role('embedding', null)],
  ['output.weight', role('head', null)],
  ['blk.9.attn_q.weight', role('query', 9)],
  ['blk.9.ffn_norm.weight', role('mlp-norm', 9)],
  ['blk.9.ffn_gate_exps.weight', role('gate', 9, { expert: 'stacked' })],
  ['blk.9.ffn_down_shexp.weight', role('down', 9, { expert: 'shared' })],
  ['blk.9.ffn_up.4.weight', role('up', 9, { expert: 4 })],
  ['blk.9.ffn_gate_inp.weight', role('router', 9)],
  ['blk.9.exp_probs_b.bias', role('router', 9, { part: 'bias' })],
  ['blk.9.attn_k_b.weight', role('key-b', 9)],
  ['blk.9.attn_kv_a_mqa.weight', role('key-value-a', 9)],
  ['blk.9.layer_output_norm.bias', role('post-mlp-norm', 9, { part: 'bias' })],
  ['/model/layers.0/self_attn/q_proj/MatMul', role('query', 0, { transposed: true })],
  ['/model/layers.0/attn/q_proj/MatMulNBits', role('query', 0)],
  ['model.layers.0.attn.q_proj.MatMul.weight', role('query', 0, { transposed: true })],
  ['model.layers.0.attn.qkv_proj.Add.bias', role('query-key-value', 0, { part: 'bias' })],
  ['model.layers.0.attn.o_proj.MatMul.weight_Q4', role('output', 0)],
  ['model.layers.32.final_norm_layernorm.weight', role('final-norm', null)],
  ['/lm_head/MatMul', role('head', null, { transposed: true })],
  ['/bert/encoder/layer.11/intermediate/dense/MatMul', role('up', 11, { transposed: true })],
  ['cos_cache', role('rotary', null)],
  ['onnx::MatMul_4711', role('other', null)],
  ['transformer.h.7.self_attention.query_key_value.weight', role('query-key-value', 7)],
  ['stages.2.layers.5.mlp.experts.11.w3.weight', role('up', 5, { expert: 11 })],
  ['model.layers.#.mlp.up_proj.weight', role('other', null)],
  ['model.layers.1234567.mlp.up_proj.weight', role('other', null)],
  ['', role('other', null)],
  ['model.layers.__proto__.self_attn.q_proj.weight', role('other', null)],
  ['model.layers.0.constructor', role('other', null)],
];

test.each(NAMES)('%s', (name, expected) => {
  expect(roleOf(name)).toEqual(expected);
});

describe('names that others decide', () => {
  test('a layer with the projection of a token predictor is no layer of the stack', () => {
    const names = [
      'model.layers.61.eh_proj.weight',
      'model.layers.61.self_attn.q_a_proj.weight',
      'model.layers.60.mlp.gate.weight',
    ];
    const naming = namingOf(names.map((name) => ({ name })));
    expect(names.map((name) => roleOf(name, naming))).toEqual([
      role('predictor', null),
      role('predictor', null),
      role('router', 60),
    ]);
  });

  test('the norm after attention is the one before the MLP unless that has a name of its own', () => {
    const post = 'model.layers.0.post_attention_layernorm.weight';
    const gemma = namingOf([{ name: post }, { name: 'model.layers.0.pre_feedforward_layernorm.weight' }]);
    expect(roleOf(post, gemma).role).toBe('post-attention-norm');
    const gguf = 'blk.0.post_attention_norm.weight';
    expect(roleOf(gguf, namingOf([{ name: gguf }])).role).toBe('mlp-norm');
    expect(roleOf(gguf, namingOf([{ name: gguf }, { name: 'blk.0.ffn_norm.weight' }])).role).toBe(
      'post-attention-norm',
    );
  });

  test('GPT-BigCode has the names of GPT-2 and the orientation of llama', () => {
    const name = 'transformer.h.0.attn.c_attn.weight';
    expect(rolesOf([{ name, dims: [64, 192] }])[0]?.transposed).toBe(true);
    expect(rolesOf([{ name, dims: [80, 64] }])[0]?.transposed).toBeUndefined();
  });

  test('Qwen’s first family puts the gate second', () => {
    const names = ['w1', 'w2', 'c_proj'].map((name) => ({
      name: `transformer.h.0.mlp.${name}.weight`,
      dims: [8, 4],
    }));
    expect(rolesOf(names).map(({ role: found }) => found)).toEqual(['up', 'gate', 'down']);
  });

  test('an encoder beside a decoder is another stack', () => {
    const name = 'encoder.layers.0.self_attn.q_proj.weight';
    expect(roleOf(name).role).toBe('query');
    expect(roleOf(name, namingOf([{ name: 'decoder.layers.0.fc1.weight' }])).role).toBe('other');
  });

  test('an up projection of twice the width of down holds the gate too', () => {
    const layer = (rows: number) => [
      { name: 'blk.0.ffn_up.weight', dims: [rows, 32] },
      { name: 'blk.0.ffn_down.weight', dims: [32, 96] },
    ];
    expect(rolesOf(layer(192)).map(({ role: found }) => found)).toEqual(['gate-up', 'down']);
    expect(rolesOf(layer(96)).map(({ role: found }) => found)).toEqual(['up', 'down']);
  });
});

describe('hostile names', () => {
  test('any text has a role, and never a layer outside the table', () => {
    const piece = fc.constantFrom('model', 'layers', '0', '9999999', '.', '/', '__proto__', 'attn', 'weight');
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('.')),
    );
    fc.assert(
      fc.property(text, (name) => {
        const { layer } = roleOf(name);
        expect(layer === null || (Number.isInteger(layer) && layer < 1e6)).toBe(true);
      }),
    );
  });

  test('a hundred thousand long names do not slow it down', () => {
    const name = `${'layers.'.repeat(70)}1`;
    const started = performance.now();
    for (let index = 0; index < 100_000; index++) roleOf(index % 2 ? name : name.repeat(9));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
