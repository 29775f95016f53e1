import { cacheAxes } from '../../core/cache-axes.js';
import { type Config, firstNumber } from '../../core/config-claims.js';
import { mixesLayers } from '../../core/mixed-layers.js';
import type { ModelStructure, Port } from '../../core/types.js';
import { agreed, type Sources } from './sources.js';

/** Facts that the inputs, outputs and attention operators of an ONNX graph show. */
export interface GraphFacts {
  readonly layers: Sources;
  readonly attentionHeads: Sources;
  readonly keyValueHeads: Sources;
  readonly headDim: Sources;
}

/** A source that may honestly differ (repeated key/value heads, layers without a cache) is not asked. */
export function graphFacts(
  structure: ModelStructure,
  config: Config,
  statedLayers: number | undefined,
): GraphFacts {
  const caches = structure.inputs.filter(({ name, dims }) => isCache(name) && dims.length >= 4);
  const attention = attentionOutputs(structure);
  const sites = structure.fusedAttention;
  return {
    layers: layers(structure, config, statedLayers),
    attentionHeads: {
      shapes: agreed(attention.map(({ dims }) => dims.at(-3))),
      graph: agreed(sites.map(({ heads }) => heads)),
    },
    keyValueHeads: {
      shapes: cacheDimension(caches, 'heads'),
      graph: agreed(sites.map(({ keyValueHeads }) => keyValueHeads)),
    },
    headDim: { shapes: cacheDimension(caches, 'size') },
  };
}

/** Outputs that hold attention probabilities. */
export function attentionOutputs({ outputs }: ModelStructure): readonly Port[] {
  return outputs.filter(({ name, dims }) => isAttention(name) && dims.length === 4);
}

function isCache(name: string): boolean {
  return /^past/.test(name) && !/encoder|cross|conv|ssm|recurrent|(^|[._])states?([._]|$)/i.test(name);
}

function isAttention(name: string): boolean {
  return (
    /att(n|ention)/i.test(name) && !/^(present|past)|cross|encoder|mask/i.test(name.replace('decoder', ''))
  );
}

/**
 * Caches outrank attention sites. Sites only speak for a plain stack of attention layers: where other layers are
 * mixed in there are honestly fewer, and where attention is split in two or crosses to an encoder, more.
 */
function layers(structure: ModelStructure, config: Config, stated: number | undefined): Sources {
  const shapes = cachedLayers(structure, config);
  const sites = structure.fusedAttention.length;
  const mixed = Object.keys(structure.operators).some((name) => /Conv|Scan|Loop|LinearAttention/.test(name));
  const plain = shapes === undefined && stated !== undefined && sites > 0 && sites <= stated && !mixed;
  return plain && !mixesLayers(config) ? { graph: sites } : { shapes };
}

/**
 * Layers that keep a cache. Some families share one between layers, or keep another state in the rest of them;
 * there the shapes do not say how many layers there are.
 */
function cachedLayers({ inputs }: ModelStructure, config: Config): number | undefined {
  const past = inputs.map(({ name }) => name).filter((name) => /^past.*\d/.test(name));
  if (!past.every(isCache) || firstNumber(config, ['num_kv_shared_layers'])) return undefined;
  const found = new Set(past.map((name) => /\d+/.exec(name)?.[0]));
  const dense = [...found].every((layer) => Number(layer) < found.size);
  return dense && found.size > 0 ? found.size : undefined;
}

function cacheDimension(caches: readonly Port[], which: 'heads' | 'size'): number | undefined {
  return agreed(
    caches.map(({ dims }) => {
      const axis = cacheAxes(dims)?.[which];
      return axis === undefined ? undefined : dims[axis];
    }),
  );
}
