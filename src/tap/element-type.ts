import { dataType } from '../formats/onnx/data-types.js';
import type { OnnxTensor } from '../formats/onnx/types.js';
import type { GraphIndex } from './graph-index.js';

const FLOAT = 1;
/** Operators from a value to the next cast or weight, which tell its type. */
const MAX_HOPS = 48;

/**
 * TensorProto.DataType of a computed floating-point value. Floats keep their type through an operator, so the nearest
 * cast or weight behind the value tells it; float32 where none does.
 */
export function elementType(index: GraphIndex, name: string): number {
  const seen = new Set<string>();
  const search = (value: string): number | undefined => {
    if (value === '' || seen.has(value) || seen.size > MAX_HOPS) return undefined;
    seen.add(value);
    const tensor = index.constants.get(value);
    if (tensor) return floating(tensor);
    const node = index.makers.get(value);
    if (!node) return undefined;
    if (node.opType === 'Cast') return floating({ dataType: node.attributes.get('to')?.int ?? 0 });
    // Weights come last and are nearer than what was computed before.
    for (const input of [...node.inputs].reverse()) {
      const type = search(input);
      if (type !== undefined) return type;
    }
    return undefined;
  };
  return search(name) ?? FLOAT;
}

function floating({ dataType: code }: Pick<OnnxTensor, 'dataType'>): number | undefined {
  return /^(B?FLOAT16|FLOAT|DOUBLE)$/.test(dataType(code)?.name ?? '') ? code : undefined;
}
