import type { Role } from '../../core/types.js';
import { parsePath } from './path.js';

/** What one tensor's name alone does not say: it takes the names beside it. */
export interface Naming {
  /** Layers that predict further tokens; they are numbered after the stack but are no part of it. */
  readonly predictors: ReadonlySet<number>;
  /** Keys that mean another thing in this model. */
  readonly roles: ReadonlyMap<string, Role>;
  /** GPT-2's Conv1D keeps [in, out]; GPT-BigCode has the same names and [out, in]. */
  readonly conv1d: boolean;
  /** The layers of a decoder are named as such, so those of an encoder are another stack. */
  readonly decoder: boolean;
}

export const PLAIN: Naming = { predictors: new Set(), roles: new Map(), conv1d: true, decoder: false };

/** Reads what the tensors of a model say about each other's names; `dims` may be unknown. */
export function namingOf(
  tensors: Iterable<{ readonly name: string; readonly dims?: readonly number[] }>,
): Naming {
  const predictors = new Set<number>();
  const keys = new Set<string>();
  let conv1d = true;
  let decoder = false;
  for (const { name, dims } of tensors) {
    const path = parsePath(name);
    if (path === null || path.layer === null) continue;
    keys.add(path.key);
    decoder ||= path.prefix.includes('decoder');
    if (/(^|\.)eh_proj$/.test(path.key)) predictors.add(path.layer);
    if (path.key === 'attn.c_attn' && dims?.length === 2) conv1d = (dims[1] ?? 0) > (dims[0] ?? 0);
  }
  return { predictors, roles: otherwise(keys), conv1d, decoder };
}

function otherwise(keys: ReadonlySet<string>): Map<string, Role> {
  const roles = new Map<string, Role>();
  // Gemma and OLMo normalize what attention returns under the name llama gives to the norm before the MLP.
  if (keys.has('pre_feedforward_layernorm') || keys.has('post_feedforward_layernorm'))
    roles.set('post_attention_layernorm', 'post-attention-norm');
  // Qwen's first family puts the gate second.
  if (keys.has('mlp.w1') && keys.has('mlp.c_proj')) {
    roles.set('mlp.w1', 'up');
    roles.set('mlp.w2', 'gate');
  }
  // llama.cpp gives the norm before the MLP of gpt-oss the name of a norm after attention.
  if (!keys.has('ffn_norm') && !keys.has('post_ffw_norm')) roles.set('post_attention_norm', 'mlp-norm');
  return roles;
}
