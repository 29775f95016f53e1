import type { ModelStructure, WeightTensor } from '../core/types.js';
import { FILE_TYPES, fallbackOf, LABEL_TYPES } from './ggml-file-types.js';

/** What a delivery says about its own quantization, and what its tensors are. */
export interface QuantizationLabel {
  readonly source: 'file name' | 'general.file_type' | 'quantization_config';
  readonly label: string;
  /** Methods of the matrices, largest share first. */
  readonly found: readonly string[];
  /** No honest quantizer run makes tensors like these under this label. */
  readonly contradicts: boolean;
  /** Why tensors that are not what the label names are honest, where they are. */
  readonly note?: string;
}

type Found = Omit<QuantizationLabel, 'source'>;
type Json = Readonly<Record<string, unknown>>;

/** A name of a quantization in a file name, between separators. */
const IN_NAME =
  /(?:^|[-._])((?:IQ[1-4]_(?:XXS|XS|S|M|NL)|Q[2-8]_(?:K(?:_(?:XL|[SML]))?|[01])|TQ[12]_0|MXFP4(?:_MOE)?|BF16|F16|F32))(?=[-._]|$)/gi;
/** Mixes chosen tensor by tensor: their names promise a size and no type (`UD-TQ1_0` holds no TQ1_0). */
const DYNAMIC = /(?:^|[-._])UD-/i;
/** File types guessed by the loader carry this bit. */
const GUESSED = 1024;
/** Schemes whose files only their own quantizer writes; the others may also be asked for on loading. */
const WRITTEN: Readonly<Record<string, string>> = { gptq: 'gptq', awq: 'awq' };

export function labelsOf(structure: ModelStructure, matrices: readonly WeightTensor[]): QuantizationLabel[] {
  const inLayers = matrices.filter(isQuantizable);
  const fileType = structure.metadata.get('general.file_type');
  const paths =
    structure.format === 'gguf' ? structure.files.map(({ path }) => path.split('/').at(-1) ?? '') : [];
  if (paths.some((path) => DYNAMIC.test(path))) return [];
  const byType = typeof fileType === 'number' && fileType < GUESSED ? FILE_TYPES.get(fileType) : undefined;
  const byName = paths.map(nameIn).find((name) => name !== undefined);
  const claimed = configLabel(structure.config, matrices);
  return [
    ...(byName ? [{ source: 'file name' as const, ...ggmlLabel(byName, inLayers) }] : []),
    ...(byType ? [{ source: 'general.file_type' as const, ...ggmlLabel(byType, inLayers) }] : []),
    ...(claimed ? [{ source: 'quantization_config' as const, ...claimed }] : []),
  ];
}

function nameIn(file: string): string | undefined {
  const stem = file.replace(/\.gguf$/i, '');
  return [...stem.matchAll(IN_NAME)].at(-1)?.[1]?.toUpperCase();
}

/** Matrices of the layers that llama.cpp quantizes: norms and routers stay floats, and embeddings have options. */
function isQuantizable({ name, dims, role }: WeightTensor): boolean {
  const inLayer = role ? role.layer !== null : /^blk\.\d+\./.test(name);
  return inLayer && dims.length >= 2 && role?.role !== 'router' && !/ffn_gate_inp|_norm|ssm_|conv/.test(name);
}

/**
 * A label is contradicted when not one matrix of the layers has the type it stands for, or the type that llama.cpp
 * takes for rows that do not divide into blocks of 256. Mixes with better types for some tensors are the rule.
 */
function ggmlLabel(label: string, matrices: readonly WeightTensor[]): Found {
  const found = methodsOf(matrices);
  const types = LABEL_TYPES.get(label);
  if (!types || matrices.length === 0) return { label, found, contradicts: false };
  const methodOf = ({ quantization, type }: WeightTensor): string => quantization?.method ?? type;
  if (matrices.some((tensor) => types.includes(methodOf(tensor))))
    return { label, found, contradicts: false };
  const fallen = matrices.find(
    ({ dims, ...tensor }) =>
      (dims.at(-1) ?? 0) % 256 !== 0 &&
      types.some((type) => fallbackOf(type).includes(methodOf({ dims, ...tensor }))),
  );
  if (!fallen) return { label, found, contradicts: true };
  const columns = fallen.dims.at(-1);
  return {
    label,
    found,
    contradicts: false,
    note: `llama.cpp stores rows of ${columns} numbers, no multiple of 256, as ${methodOf(fallen)} instead of ${types[0]}`,
  };
}

function configLabel(config: Json | null, matrices: readonly WeightTensor[]): Found | null {
  const stated =
    objectOf(config?.quantization_config) ?? objectOf(objectOf(config?.text_config)?.quantization_config);
  const method = typeof stated?.quant_method === 'string' ? stated.quant_method : null;
  if (method === null || matrices.length === 0) return null;
  const found = methodsOf(matrices);
  const bits = typeof stated?.bits === 'number' ? stated.bits : undefined;
  const written = WRITTEN[method];
  const same = matrices.filter(({ quantization }) => quantization?.method === written);
  const otherBits = bits !== undefined && same.length > 0 && same.every((tensor) => tensor.bits !== bits);
  const label = bits === undefined ? method : `${method} ${bits} bit`;
  return { label, found, contradicts: written !== undefined && (same.length === 0 || otherBits) };
}

function methodsOf(matrices: readonly WeightTensor[]): string[] {
  const elements = new Map<string, number>();
  for (const { quantization, type, dims } of matrices) {
    const method = quantization?.method ?? type;
    elements.set(method, (elements.get(method) ?? 0) + dims.reduce((product, dim) => product * dim, 1));
  }
  return [...elements].sort(([, a], [, b]) => b - a).map(([method]) => method);
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined;
}
