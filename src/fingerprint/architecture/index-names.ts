import type { ShardIndex } from '../../core/types.js';
import { namingOf, roleOf } from '../../weights/roles.js';
import { type StackFacts, stackFacts } from './stack.js';

export interface IndexFacts extends StackFacts {
  /** Listed tensors that are no rotary tables. */
  readonly trained: number;
}

/** What the names in a shard index show, whether or not the shards are there. */
export function indexFacts(index: ShardIndex): IndexFacts {
  const names = [...index.tensors.keys()];
  const naming = namingOf(names.map((name) => ({ name })));
  const placed = names.map((name) => {
    const { role, layer, part, expert } = roleOf(name, naming);
    return { name, role, layer, part, expert };
  });
  return { ...stackFacts(placed), trained: placed.filter(({ role }) => role !== 'rotary').length };
}
