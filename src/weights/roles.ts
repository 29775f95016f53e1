import type { Role, TensorRole } from '../core/types.js';
import * as gguf from './roles/gguf.js';
import * as huggingFace from './roles/hugging-face.js';
import { type Naming, namingOf, PLAIN } from './roles/naming.js';
import { parsePath, type TensorPath } from './roles/path.js';

export { type Naming, namingOf } from './roles/naming.js';

const LAYER = new Map(Object.entries({ ...huggingFace.LAYER, ...gguf.LAYER }));
const OUTSIDE = new Map(Object.entries(huggingFace.OUTSIDE));
const PAIRS = new Map(Object.entries(huggingFace.OUTSIDE_PAIRS));
const GGUF_OUTSIDE = new Map(Object.entries(gguf.OUTSIDE));

/**
 * What a tensor does, read from its name: Hugging Face, GGUF, or the module path an ONNX exporter keeps. `naming` is
 * what the names of the whole model say together; without it, layers that predict further tokens look like others.
 */
export function roleOf(name: string, naming: Naming = PLAIN): TensorRole {
  const path = parsePath(name);
  if (path === null || path.foreign) return other('weight');
  if (isEncoderOfTwo(path.prefix, naming)) return other(path.part);
  return path.layer === null ? outside(path) : inLayer(path, path.layer, naming);
}

/** Roles of all tensors of one model; dimensions settle what names leave open. */
export function rolesOf(
  tensors: readonly { readonly name: string; readonly dims: readonly number[] }[],
): readonly TensorRole[] {
  const naming = namingOf(tensors);
  const roles = tensors.map(({ name }) => roleOf(name, naming));
  return fusedGates(tensors, roles);
}

function other(part: 'weight' | 'bias'): TensorRole {
  return { role: 'other', layer: null, part };
}

function outside({ prefix, key, part, operator }: TensorPath): TensorRole {
  if (prefix.includes('mtp')) return { role: 'predictor', layer: null, part };
  const modules = key.split('.');
  const role =
    GGUF_OUTSIDE.get(key) ?? PAIRS.get(modules.slice(-2).join('.')) ?? OUTSIDE.get(modules.at(-1) ?? '');
  return role === undefined
    ? other(part)
    : { role, layer: null, part, ...(isInByOut(role, operator) ? { transposed: true } : {}) };
}

function inLayer(
  { prefix, key, part, operator, expert }: TensorPath,
  layer: number,
  naming: Naming,
): TensorRole {
  if (naming.predictors.has(layer) || prefix.includes('mtp')) return { role: 'predictor', layer: null, part };
  // The model builder of ONNX Runtime GenAI numbers the last norm as one more layer.
  if (key === 'final_norm_layernorm' || key === 'final_norm')
    return { role: 'final-norm', layer: null, part };
  const role = naming.roles.get(key) ?? LAYER.get(key);
  if (role === undefined) return other(part);
  const found: { -readonly [K in keyof TensorRole]: TensorRole[K] } = {
    role,
    layer: role === 'predictor' ? null : layer,
    part,
  };
  if (expert !== undefined) found.expert = expert;
  if ((naming.conv1d && huggingFace.TRANSPOSED.has(key)) || isInByOut(role, operator))
    found.transposed = true;
  return found;
}

/** ONNX MatMul and Gemm multiply with [in, out]. */
function isInByOut(role: Role, operator: string | undefined): boolean {
  return (operator === 'MatMul' || operator === 'Gemm') && !role.endsWith('norm');
}

/** BART, Whisper and T5 number the layers of encoder and decoder alike; roles are those of the decoder. */
function isEncoderOfTwo(prefix: readonly string[], { decoder }: Naming): boolean {
  return prefix.includes('encoder') && (decoder || prefix[0] === 'model');
}

/** phi3 in GGUF and ChatGLM keep gate and up in one matrix under the name of up. */
function fusedGates(
  tensors: readonly { readonly dims: readonly number[] }[],
  roles: readonly TensorRole[],
): readonly TensorRole[] {
  if (roles.some(({ role }) => role === 'gate' || role === 'gate-up')) return roles;
  const widths = new Map<number, number>();
  roles.forEach(({ role, layer, part, transposed }, index) => {
    const width = tensors[index]?.dims.at(transposed ? -2 : -1);
    if (role === 'down' && part === 'weight' && layer !== null && width !== undefined)
      widths.set(layer, width);
  });
  const doubled = roles.some(({ role, layer, part, transposed }, index) => {
    const rows = tensors[index]?.dims.at(transposed ? -1 : -2);
    return role === 'up' && part === 'weight' && rows === 2 * (widths.get(layer ?? -1) ?? Number.NaN);
  });
  return doubled ? roles.map((role) => (role.role === 'up' ? { ...role, role: 'gate-up' } : role)) : roles;
}
