import type { ModelStructure, WeightTensor } from '../core/types.js';
import { labelsOf, type QuantizationLabel } from './quantization-labels.js';

/** Matrices that are stored alike. */
export interface StoredAs {
  /** Scheme or ggml block type; the type of the floats where none is used; `unknown` for a packing nobody here reads. */
  readonly method: string;
  /** Bits of one stored number, scales not counted; 0 when unknown. */
  readonly bits: number;
  /** Numbers that share a scale; null for one scale per tensor, or none. */
  readonly group: number | readonly [number, number] | null;
  readonly quantized: boolean;
  readonly tensors: number;
  readonly elements: number;
  /** Of all matrix elements, 0 to 1. */
  readonly share: number;
}

/** How the matrices of a delivery are stored, from tensors alone, and what its labels say about that. */
export interface QuantizationStorage {
  /** Largest share first. */
  readonly methods: readonly StoredAs[];
  /** Bytes of the weight files without headers, per number, times eight; null where the files are not known. */
  readonly bitsPerWeight: number | null;
  readonly labels: readonly QuantizationLabel[];
}

export function storageOf(structure: ModelStructure): QuantizationStorage {
  const matrices = structure.tensors.filter(isMatrix);
  const total = matrices.reduce((sum, { dims }) => sum + elementsOf(dims), 0);
  const groups = new Map<string, { first: WeightTensor; tensors: number; elements: number }>();
  for (const tensor of matrices) {
    const { method, bits, group } = tensor.quantization ?? {
      method: tensor.type,
      bits: tensor.bits,
      group: null,
    };
    const key = `${method}/${bits}/${group}`;
    const known = groups.get(key) ?? { first: tensor, tensors: 0, elements: 0 };
    known.tensors++;
    known.elements += elementsOf(tensor.dims);
    groups.set(key, known);
  }
  const methods = [...groups.values()]
    .map(({ first, tensors, elements }): StoredAs => {
      const { method, bits, group } = first.quantization ?? {
        method: first.type,
        bits: first.bits,
        group: null,
      };
      const quantized = first.quantization !== undefined || first.bits <= 8;
      return { method, bits, group, quantized, tensors, elements, share: total > 0 ? elements / total : 0 };
    })
    .sort((a, b) => b.elements - a.elements);
  return { methods, bitsPerWeight: bitsPerWeight(structure), labels: labelsOf(structure, matrices) };
}

function bitsPerWeight({ files, tensors }: ModelStructure): number | null {
  const numbers = tensors.reduce((sum, { dims }) => sum + elementsOf(dims), 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes - file.headerBytes, 0);
  return bytes > 0 && numbers > 0 ? (8 * bytes) / numbers : null;
}

function elementsOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Integers that nothing shows to be weights are tables. */
function isMatrix({ dims, type, quantization }: WeightTensor): boolean {
  const float = /^(F|BF)\d|FLOAT|DOUBLE/.test(type);
  return (
    dims.filter((dim) => dim > 1).length >= 2 &&
    (float || quantization !== undefined || /^U?INT[248]$/.test(type))
  );
}
