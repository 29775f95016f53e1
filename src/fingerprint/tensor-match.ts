import type { TensorDigests } from './probes/tensor-digests.js';
import type { TensorDigest } from './tensor-digest.js';

/** How the numbers of two deliveries relate, weight by weight. */
export interface TensorMatch {
  /** Weights of the candidate that the reference holds too, number by number or after rounding both. */
  readonly equal: number;
  readonly compared: number;
  /** Weights of the same place and shape with other numbers. */
  readonly different: readonly string[];
  /** Weights of the candidate without a counterpart of the same place and shape. */
  readonly unmatched: readonly string[];
  /** Share of the reference's numbers that the equal weights hold. */
  readonly coverage: number;
  /** Float types to which they had to be rounded to be equal. */
  readonly rounded: readonly string[];
  /** An output matrix stored beside the embedding it equals. */
  readonly tiedCopy: boolean;
}

/** Compare weights by their place in the model; stored copies of the embedding count once. */
export function matchTensors(candidate: TensorDigests, reference: TensorDigests): TensorMatch {
  const theirs = new Map(withoutTiedCopy(reference.tensors).map((tensor) => [tensor.id, tensor]));
  const own = withoutTiedCopy(candidate.tensors);
  const rounded = new Set<string>();
  const unmatched: string[] = [];
  const different: string[] = [];
  let equal = 0;
  let compared = 0;
  let covered = 0;
  for (const tensor of own) {
    const other = theirs.get(tensor.id);
    if (other === undefined || other.rows !== tensor.rows || other.columns !== tensor.columns) {
      unmatched.push(tensor.id);
      continue;
    }
    compared++;
    const how = relation(tensor, other);
    if (how === undefined) {
      different.push(tensor.id);
      continue;
    }
    equal++;
    covered += numbersIn(tensor);
    if (how !== 'f32') rounded.add(how);
  }
  const total = [...theirs.values()].reduce((sum, tensor) => sum + numbersIn(tensor), 0);
  return {
    equal,
    compared,
    different,
    unmatched,
    coverage: total > 0 ? covered / total : 0,
    rounded: [...rounded].sort(),
    tiedCopy: own.length < candidate.tensors.length || theirs.size < reference.tensors.length,
  };
}

/** The finest type in which two weights agree. A converter rounds all numbers; a changed model has some that cross over. */
function relation(a: TensorDigest, b: TensorDigest): 'f32' | 'f16' | 'bf16' | undefined {
  return (['f32', 'f16', 'bf16'] as const).find((type) => a[type] === b[type]);
}

function withoutTiedCopy(tensors: readonly TensorDigest[]): readonly TensorDigest[] {
  const embedding = tensors.find(({ id }) => id === 'embedding');
  return tensors.filter(({ id, f32 }) => id !== 'head' || f32 !== embedding?.f32);
}

function numbersIn({ rows, columns }: TensorDigest): number {
  return rows * columns;
}
