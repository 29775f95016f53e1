import type { Claims, Config } from '../../core/config-claims.js';
import type { ModelStructure } from '../../core/types.js';
import type { GraphFacts } from './graph.js';
import type { IndexFacts } from './index-names.js';
import type { MetadataClaims } from './metadata.js';
import type { StackFacts } from './stack.js';
import type { PlacedTensor } from './tensors.js';

/** Everything that is known of a delivery before its sources are weighed against each other. */
export interface Readings {
  readonly structure: ModelStructure;
  readonly config: Config;
  readonly stated: Claims;
  readonly metadata: MetadataClaims;
  readonly placed: readonly PlacedTensor[];
  /** Of the tensors of a complete set. */
  readonly stack: StackFacts | undefined;
  readonly listed: IndexFacts | undefined;
  readonly graph: GraphFacts;
}
